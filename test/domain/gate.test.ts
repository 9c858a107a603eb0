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

/** Whether a gate is met when every pending leaf turns out as `pending` says: plain two-valued logic. */
function met(node: Gate, pending: readonly boolean[], next: { leaf: number }): boolean {
  const count = (children: Gate[]) => children.filter((child) => met(child, pending, next)).length;
  if ("all" in node) return count(node.all) === node.all.length;
  if ("any" in node) return count(node.any) > 0;
  if ("none" in node) return count(node.none) === 0;
  if ("atLeast" in node) return count(node.of) >= node.atLeast;
  return node.kind === "accessCode" ? (pending[next.leaf++] as boolean) : node === leaf.pass;
}

/** Every way in which the pending leaves may turn out, up to 256 of them. */
function worlds(node: Gate, unknowns: number): Set<boolean> {
  const results = new Set<boolean>();
  for (let world = 0; world < 2 ** unknowns; world++) {
    const pending = Array.from({ length: unknowns }, (_, i) => (world & (1 << i)) !== 0);
    results.add(met(node, pending, { leaf: 0 }));
  }
  return results;
}

/** Kleene's tables, written out, as a second model: `worlds` is finer where a leaf stands twice. */
function kleene(node: Gate): LeafResult {
  const value = { fail: 0, pending: 1, pass: 2 } as const;
  const back = ["fail", "pending", "pass"] as const;
  const of = (children: Gate[]) => children.map((child) => value[kleene(child)]);
  if ("all" in node) return back[Math.min(...of(node.all)) as 0 | 1 | 2];
  if ("any" in node) return back[Math.max(...of(node.any)) as 0 | 1 | 2];
  if ("none" in node) return back[(2 - Math.max(...of(node.none))) as 0 | 1 | 2];
  if ("atLeast" in node) {
    const sorted = of(node.of).toSorted((a, b) => b - a);
    return back[sorted[node.atLeast - 1] as 0 | 1 | 2];
  }
  return node.kind === "accessCode" ? "pending" : node === leaf.pass ? "pass" : "fail";
}

describe("gates", () => {
  test("combine as Kleene's tables say, and never decide what is still open", () => {
    fc.assert(
      fc.property(trees, ({ gate: node, leaves }) => {
        const { result } = evaluate(node, FACTS);
        expect(result).toBe(kleene(node));
        const unknowns = leaves.filter((one) => one === "pending").length;
        if (unknowns > 8) return;
        const possible = worlds(node, unknowns);
        if (result === "pass") expect(possible).toEqual(new Set([true]));
        if (result === "fail") expect(possible).toEqual(new Set([false]));
      }),
      { numRuns: 10_000 },
    );
  });

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
