import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/domain/evaluate.ts";
import { type Gate, gate } from "../../src/domain/gate.ts";
import { judgeAgain } from "../../src/domain/recheck.ts";
import { factsOf } from "../support/facts.ts";

const level = (min: number, recheck = true) => ({ kind: "level", min, ...(recheck ? { recheck } : {}) });
const answer = { kind: "answer", field: "title", label: "Title", op: "eq", value: "CEO" };

const at = (has: number | null, answers = {}) =>
  factsOf({ answers, profile: { level: has, tags: [], attributes: {}, lastReadAt: null } });
const keptOf = (of: Gate, has: number | null, answers = {}) =>
  evaluate(of, at(has, answers)).leaves.map(({ path, result }) => ({ path, result }));

describe("a gate that is judged again", () => {
  test("takes what is not marked as it was, and the rest as it is", () => {
    const both = gate.parse({ all: [answer, level(3)] });
    const kept = keptOf(both, 3, { title: "CEO" });
    expect(judgeAgain(both, at(3), kept)).toEqual({ passes: true, unmet: [], again: null });
    const { passes, unmet } = judgeAgain(both, at(2), kept);
    expect(passes).toBe(false);
    expect(unmet.map(({ criterion, code }) => [criterion, code])).toEqual([["level", "level_too_low"]]);
    // What is kept and sent are sentences, in both languages.
    expect(JSON.parse(JSON.stringify(unmet))[0]).toMatchObject({
      message: { en: expect.stringContaining("level 2"), "zh-CN": expect.stringContaining("2") },
      remedy: { en: expect.any(String), "zh-CN": expect.any(String) },
    });
  });

  test("keeps who came in by another branch", () => {
    const either = gate.parse({ any: [answer, level(3)] });
    expect(judgeAgain(either, at(1), keptOf(either, 1, { title: "CEO" })).passes).toBe(true);
    const byLevel = keptOf(either, 3, { title: "Cook" });
    expect(judgeAgain(either, at(3), byLevel).passes).toBe(true);
    expect(judgeAgain(either, at(1), byLevel).passes).toBe(false);
  });

  test("turns round what stands under none, as it was and as it is", () => {
    const low = gate.parse({ none: [level(5)] });
    expect(judgeAgain(low, at(4), keptOf(low, 4)).passes).toBe(false);
    const strict = gate.parse({ none: [{ none: [level(3)] }, answer] });
    const kept = keptOf(strict, 3, { title: "Cook" });
    expect(judgeAgain(strict, at(3), kept).passes).toBe(true);
    expect(judgeAgain(strict, at(1), kept).passes).toBe(false);
  });

  test("lets in whoever's leaves nobody kept, as far as they are not judged again", () => {
    const both = gate.parse({ all: [answer, { none: [level(9, false)] }, level(3)] });
    expect(judgeAgain(both, at(3), null).passes).toBe(true);
    expect(judgeAgain(both, at(2), null).passes).toBe(false);
    expect(judgeAgain(null, at(null), null).passes).toBe(true);
  });
});

const leaf = fc.record({ min: fc.integer({ min: 1, max: 5 }), recheck: fc.boolean() });
type Shape = { min: number; recheck: boolean } | { [list in "all" | "any" | "none"]?: Shape[] };
const { tree } = fc.letrec<{ tree: Shape }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc
      .constantFrom("all" as const, "any" as const, "none" as const)
      .chain((list) =>
        fc.array(tie("tree"), { minLength: 1, maxLength: 3 }).map((of): Shape => ({ [list]: of })),
      ),
  ),
}));
const asGate = (shape: Shape): unknown => {
  if ("min" in shape) return level(shape.min as number, shape.recheck as boolean);
  const [[list, of]] = Object.entries(shape) as [[string, Shape[]]];
  return { [list]: of.map(asGate) };
};

test("a gate judged again is the gate in which each leaf sees its own time", () => {
  const has = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(tree, has, has, (shape, before, now) => {
      // Another way to the same: each leaf is replaced by one that says what it says at its time.
      const frozen = (one: Shape): unknown => {
        if ("min" in one) return level((one.recheck ? now : before) >= (one.min as number) ? 1 : 1000);
        const [[list, of]] = Object.entries(one) as [[string, Shape[]]];
        return { [list]: of.map(frozen) };
      };
      const judged = judgeAgain(
        gate.parse(asGate(shape)),
        at(now),
        keptOf(gate.parse(asGate(shape)), before),
      );
      expect(judged.passes).toBe(evaluate(gate.parse(frozen(shape)), at(1)).result === "pass");
    }),
    { numRuns: 1000 },
  );
});
