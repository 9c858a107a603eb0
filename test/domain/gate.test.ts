import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Facts, LeafResult } from "../../src/domain/criteria/types.ts";
import { evaluate } from "../../src/domain/evaluate.ts";
import { factsOf } from "../support/facts.ts";
import { type Gate, gate, MAX_GATE_DEPTH, MAX_GATE_NODES } from "../../src/domain/gate.ts";

/**
 * A leaf of each result, out of real criteria: an answer that fits or not, and an access code that
 * is not valid yet. Codes share one fact, so only one of their results can be in a tree: pending.
 */
const FACTS = factsOf({
  now: 1000,
  acknowledged: true,
  identityHash: "h",
  answers: { title: "CEO" },
  accessCode: {
    found: {
      id: "acc_1",
      uses: 0,
      maxUses: 1,
      startsAt: 2000,
      expiresAt: null,
      revokedAt: null,
      recipientHash: null,
      role: null,
    },
  },
});
const leaf: Record<LeafResult, Gate> = {
  pass: { kind: "answer", field: "title", label: "Title", op: "eq", value: "ceo" },
  fail: { kind: "answer", field: "title", label: "Title", op: "in", value: ["clerk"] },
  pending: { kind: "accessCode" },
};

type Tree = { gate: Gate; leaves: LeafResult[] };

const trees = fc.letrec<{ tree: Tree }>((tie) => {
  const children = fc.array(tie("tree"), { minLength: 1, maxLength: 4 });
  const of = (make: (gates: Gate[], n: number) => Gate) =>
    fc.tuple(children, fc.nat(3)).map(([list, n]) => ({
      gate: make(
        list.map((child) => child.gate),
        1 + (n % list.length),
      ),
      leaves: list.flatMap(({ leaves }) => leaves),
    }));
  return {
    tree: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      fc
        .constantFrom<LeafResult>("pass", "fail", "pending")
        .map((result) => ({ gate: leaf[result], leaves: [result] })),
      of((all) => ({ all })),
      of((any) => ({ any })),
      of((none) => ({ none })),
      of((gates, atLeast) => ({ atLeast, of: gates })),
    ),
  };
}).tree;

describe("gates", () => {
  test("give a reason for every leaf, acknowledgement first", () => {
    fc.assert(
      fc.property(trees, ({ gate: node, leaves }) => {
        const { leaves: judged } = evaluate(node, FACTS);
        expect(judged).toHaveLength(leaves.length + 1);
        expect(judged[0]).toMatchObject({ criterion: "acknowledgement", result: "pass" });
        expect(judged.slice(1).map(({ judgement }) => judgement.result)).toEqual(leaves);
        for (const { judgement } of judged) {
          expect(judgement.reason.en).not.toBe("");
          expect(judgement.reason["zh-CN"]).not.toBe("");
          if (judgement.result !== "pass") expect(judgement.remedy).not.toBeNull();
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("let nobody in without acknowledgement", () => {
    fc.assert(
      fc.property(trees, ({ gate: node }) => {
        expect(evaluate(node, { ...FACTS, acknowledged: false }).result).toBe("fail");
      }),
    );
  });

  test("survive being stored: parsing gives back the same tree", () => {
    fc.assert(
      fc.property(trees, ({ gate: node, leaves }) => {
        const parsed = gate.safeParse(JSON.parse(JSON.stringify(node)));
        if (leaves.length < 20) expect(parsed.success).toBe(true);
        if (parsed.success) expect(parsed.data).toEqual(node);
      }),
      { numRuns: 1000 },
    );
  });

  test("are limited in depth and size, and every fault has its path", () => {
    const deep = (n: number): unknown => (n === 1 ? { kind: "accessCode" } : { all: [deep(n - 1)] });
    expect(gate.safeParse(deep(MAX_GATE_DEPTH)).success).toBe(true);
    expect(gate.safeParse(deep(MAX_GATE_DEPTH + 1)).success).toBe(false);
    const wide = (n: number) => ({ any: Array.from({ length: n }, () => ({ kind: "accessCode" })) });
    expect(gate.safeParse(wide(MAX_GATE_NODES - 1)).success).toBe(true);
    expect(gate.safeParse(wide(MAX_GATE_NODES)).success).toBe(false);
    expect(gate.safeParse(wide(1_000_000)).success).toBe(false);

    const faulty = {
      all: [{ kind: "nothing" }, { any: [] }, { atLeast: 3, of: [{ kind: "accessCode" }] }, 7],
    };
    const paths = gate.safeParse(faulty).error?.issues.map(({ path }) => path.join("."));
    expect(paths).toEqual(["all.0.kind", "all.1.any", "all.2.atLeast", "all.3"]);
  });

  test("spend a code that let somebody in, and none that stands under `none`", () => {
    const found = { ...FACTS.accessCode?.found, startsAt: null } as NonNullable<Facts["accessCode"]>["found"];
    const facts = { ...FACTS, accessCode: { found } };
    const code: Gate = { kind: "accessCode" };
    expect(evaluate({ all: [code, code] }, facts).spends).toEqual([{ accessCode: "acc_1" }]);
    expect(evaluate({ any: [{ none: [code] }, leaf.pass] }, facts).spends).toEqual([]);
  });
});
