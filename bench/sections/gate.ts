import { evaluate } from "../../src/domain/evaluate.ts";
import { coverage, crowdFacts, decideByHand, wholeGate } from "../support/gate.ts";
import { compete, type Slice } from "../support/rounds.ts";
import type { Section } from "../support/section.ts";

const PEOPLE = 256;
const SLICE_MS = 700;
const WANTED = 50_000;

/** Does `work` for one after the other, and says how many it was a second of this core. */
function turning(work: (n: number) => unknown): Slice {
  let turn = 0;
  return async (ms) => {
    const start = performance.now();
    let done = 0;
    while (performance.now() - start < ms) {
      for (let i = 0; i < 64; i++) work(turn++ % PEOPLE);
      done += 64;
    }
    return (done * 1000) / (performance.now() - start);
  };
}

/** What it costs to judge somebody at a large gate. */
export const gates: Section = {
  name: "gate",
  title: "A gate of thirty leaves and more, judged",
  about:
    `A tree with every criterion, ${PEOPLE} people in turn, none like another, on one core; the database is not ` +
    `part of it. Aim: ${WANTED.toLocaleString("en-GB")} a second. Bases: the same decision written by hand for this ` +
    "very gate, without a reason for anybody; and the facts written as JSON, which the product does to keep them.",
  run: async () => {
    const gate = wholeGate();
    const { leaves, missing } = coverage(gate);
    const crowd = crowdFacts(PEOPLE);
    const at = (n: number) => crowd[n] as (typeof crowd)[number];
    for (const facts of crowd) {
      if (decideByHand(facts) !== (evaluate(gate, facts).result === "pass"))
        throw new Error("the floor decides otherwise");
    }
    const admitted = crowd.filter((facts) => evaluate(gate, facts).result === "pass").length;
    const subject = turning((n) => evaluate(gate, at(n)));
    const bases = {
      "by hand": turning((n) => decideByHand(at(n))),
      JSON: turning((n) => JSON.stringify(at(n))),
    };
    const entries = Object.keys(bases).map((base) => ({
      case: `${leaves} leaves, against ${base === "JSON" ? "facts as JSON" : "the same by hand"}`,
      unit: "people/s",
      base,
      slice: subject,
    }));
    const rows = await compete(bases, entries, SLICE_MS);
    const rate = Math.round(rows[0]?.subject ?? 0);
    const notes = [
      `${rate.toLocaleString("en-GB")} people a second were judged; ${admitted} of ${PEOPLE} would be let in.`,
      ...missing.map((kind) => `The gate lacks the criterion ${kind}.`),
    ];
    if (rate < WANTED) notes.push(`That is below ${WANTED.toLocaleString("en-GB")}.`);
    return { rows, notes };
  },
};
