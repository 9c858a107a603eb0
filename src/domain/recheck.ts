import type { Facts } from "./criteria/facts.ts";
import type { Judgement, LeafResult } from "./criteria/types.ts";
import type { UnmetLeaf } from "./elimination.ts";
import { evaluateBy } from "./evaluate.ts";
import type { Gate } from "./gate.ts";
import { type Text, text } from "./text.ts";

/** A leaf's result as it was kept when the person came in: what it did for them. */
export type KeptLeaf = { path: string; result: LeafResult };

/** What a gate says of somebody who is in. */
export type Rejudged = {
  passes: boolean;
  /** The leaves that are judged again and do not pass. */
  unmet: UnmetLeaf[];
  /** When time alone may change the result. */
  again: number | null;
};

const NOT_PASS: Record<LeafResult, LeafResult> = { pass: "fail", fail: "pass", pending: "pending" };
const AS_BEFORE = text("As it was when you came in.", "与加入时相同。");
const RULED_OUT = text("This rules you out: ", "不符合条件：");
const NOTHING = text("", "");

/** A sentence that can be kept, behind another one. */
const whole = (sentence: Text, before = NOTHING): Text =>
  text(before.en + sentence.en, before["zh-CN"] + sentence["zh-CN"]);

/** Whether the leaf at a path stands under an odd number of `none`. */
const isNegated = (path: string): boolean =>
  path.split("/").filter((part) => part === "none").length % 2 === 1;

/** A leaf that is not judged again, as it was; one of which nothing is kept let the person in. */
function asBefore(path: string, kept: ReadonlyMap<string, LeafResult>): Judgement {
  const result = kept.get(path) ?? "pass";
  const own = isNegated(path) ? NOT_PASS[result] : result;
  return { result: own, code: "as_before", reason: AS_BEFORE, remedy: null };
}

/**
 * Judges a gate for somebody who is in: leaves with `recheck` by the facts of today, all others as they were.
 * Pure: the same facts, the same answer.
 */
export function judgeAgain(gate: Gate | null, facts: Facts, leaves: readonly KeptLeaf[] | null): Rejudged {
  const kept = new Map((leaves ?? []).map(({ path, result }) => [path, result]));
  const judged = new Set<string>();
  const evaluation = evaluateBy(gate, (criterion, node, path) => {
    if (!("recheck" in node) || node.recheck !== true) return asBefore(path, kept);
    judged.add(path);
    return criterion.judge(node, facts);
  });
  const unmet = evaluation.leaves.filter(({ path, result }) => judged.has(path) && result !== "pass");
  return {
    passes: evaluation.result === "pass",
    again: evaluation.again,
    unmet: unmet.map(({ criterion, negated, judgement: { code, reason, remedy, next } }) => ({
      criterion,
      code,
      message: whole(reason, negated ? RULED_OUT : NOTHING),
      remedy: negated || remedy === null ? null : whole(remedy),
      next: negated ? null : (next ?? null),
    })),
  };
}
