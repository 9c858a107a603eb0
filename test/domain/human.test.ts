import fc from "fast-check";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Facts } from "../../src/domain/criteria/facts.ts";
import { evaluate } from "../../src/domain/evaluate.ts";
import { gate as gateSchema } from "../../src/domain/gate.ts";
import { parseProof, proofHolds, typedIn } from "../../src/domain/proof.ts";
import { hexOf, sha256 } from "../../src/domain/sha256.ts";
import { factsOf } from "../support/facts.ts";
import { solve } from "../support/proof.ts";

const judged = (config: object, facts: Partial<Facts>) => {
  const gate = gateSchema.parse({ kind: "human", ...config });
  const leaf = evaluate(gate, factsOf(facts)).leaves.at(-1);
  return [leaf?.result, leaf?.judgement.code, leaf?.judgement.next?.kind ?? null];
};

describe("the criterion human", () => {
  const proved = { ok: true, code: "human_proved", by: "proof" } as const;

  test.each([
    ["no proof came", {}, {}, ["fail", "human_missing", "proof"]],
    ["it holds", {}, { human: proved }, ["pass", "human_proved", null]],
    ["it held before", {}, { human: { ok: true, code: "human_before" } }, ["pass", "human_before", null]],
    [
      "it does not",
      {},
      { human: { ...proved, ok: false, code: "human_wrong" } },
      ["fail", "human_wrong", "proof"],
    ],
    [
      "it is old",
      {},
      { human: { ...proved, ok: false, code: "human_expired" } },
      ["fail", "human_expired", "proof"],
    ],
    ["it is of the other kind", { by: "turnstile" }, { human: proved }, ["fail", "human_missing", "proof"]],
    ["a server vouches", { trustServer: true }, { vouched: true }, ["pass", "human_vouched", null]],
    ["a server does not", {}, { vouched: true }, ["fail", "human_missing", "proof"]],
  ] as const)("where %s", (_name, config, facts, expected) => {
    expect(judged(config, facts)).toEqual(expected);
  });
});

describe("SHA-256 in the domain", () => {
  test("is that of the platform, for ASCII of any length", () => {
    const ascii = fc.string({
      unit: fc.integer({ min: 0, max: 127 }).map((n) => String.fromCharCode(n)),
      maxLength: 300,
    });
    fc.assert(
      fc.property(ascii, (text) => {
        expect(hexOf(sha256(text))).toBe(createHash("sha256").update(text).digest("hex"));
      }),
      { numRuns: 300 },
    );
  });
});

describe("a proof of work", () => {
  const challenge = "0".repeat(29);
  const identity = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
    .filter((text) => text.isWellFormed());

  test("holds for the identity that it was done for, and for no other one, type or challenge", () => {
    fc.assert(
      fc.property(identity, identity, (mine, other) => {
        const proof = parseProof(solve(challenge, "email", mine, 8));
        if (proof === null) throw new Error("not a proof");
        expect(typedIn(proof)).toBe(mine);
        expect(proofHolds(proof, "email", 8)).toBe(true);
        // By chance one of 256 others would do.
        const wrong = [
          proofHolds(proof, "phone", 24),
          proofHolds({ ...proof, typed: encodeURIComponent(other) }, "email", 24),
          proofHolds({ ...proof, challenge: "1".repeat(29) }, "email", 24),
        ];
        if (mine !== other) expect(wrong).toEqual([false, false, false]);
      }),
      { numRuns: 30 },
    );
  });

  test("that is no proof is read as none, whatever it is", () => {
    for (const text of [
      "",
      "a.b.c",
      `${challenge}.x.a`,
      `${challenge}.1.`,
      `${challenge}.1.名`,
      "x".repeat(4096),
    ]) {
      expect(parseProof(text)).toBeNull();
    }
    expect(typedIn({ challenge, nonce: "1", typed: "%E0%A4%A" })).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => void parseProof(text)));
  });
});
