import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LeafResult } from "../../src/domain/criteria/types.ts";
import {
  evaluated,
  isTurned,
  met,
  type Play,
  playsOf,
  type Said,
  spendOf,
  subsetsOf,
  tabled,
} from "./evaluate-model.ts";

const RESULTS = ["fail", "pending", "pass"] as const;
const RUNS = { numRuns: 10_000 };
const LONG = 60_000;

const leavesOf = ({ said }: Play): number[] => said.map((_, leaf) => leaf);
const result = (play: Play): LeafResult => evaluated(play).evaluation.result;

/** The play with some leaves saying what is best for the person, as far as they can tell it. */
const changed = ({ tree, said }: Play, leaves: readonly number[]): Play => ({
  tree,
  said: said.map((one, leaf) =>
    leaves.includes(leaf) ? { ...one, result: isTurned(tree, leaf) === true ? "fail" : "pass" } : one,
  ),
});

/** What a set of changes costs, as the product's own order of them says: see `enough` in docs/criteria.md. */
const priceOf = ({ tree, said }: Play, leaves: readonly number[]): [number, number, number, number] => {
  const of = (holds: (one: Said, turned: boolean) => boolean) =>
    leaves.filter((leaf) => holds(said[leaf] as Said, isTurned(tree, leaf) === true)).length;
  return [
    of(({ result }, turned) => turned && result === "pass"),
    of(({ result, mendable }, turned) => !turned && result === "fail" && !mendable),
    of((one, turned) => (turned ? one.result === "pending" : one.result === "pending" || one.mendable)),
    of(({ result, mendable }, turned) => !turned && result === "fail" && mendable),
  ];
};

const compare = (one: readonly number[], other: readonly number[]): number => {
  const at = one.findIndex((value, i) => value !== other[i]);
  return at === -1 ? 0 : (one[at] as number) - (other[at] as number);
};

describe("a gate's result", () => {
  test(
    "is what the truth tables say, for 10,000 random trees",
    () => {
      fc.assert(
        fc.property(playsOf(4), (play) => {
          expect(result(play)).toBe(RESULTS[tabled(play.tree, play.said)]);
        }),
        RUNS,
      );
    },
    LONG,
  );

  test(
    "decides nothing that pending leaves could still turn",
    () => {
      fc.assert(
        fc.property(playsOf(3), (play) => {
          const open = leavesOf(play).filter((leaf) => play.said[leaf]?.result === "pending");
          fc.pre(open.length <= 8);
          const possible = new Set(
            subsetsOf(open).map((passing) =>
              met(
                play.tree,
                play.said.map((one, leaf) => one.result === "pass" || passing.includes(leaf)),
              ),
            ),
          );
          // Each leaf stands in one place: Kleene's tables then say no less than all worlds do.
          const [only] = possible;
          expect(result(play)).toBe(possible.size === 2 ? "pending" : only === true ? "pass" : "fail");
        }),
        RUNS,
      );
    },
    LONG,
  );

  test(
    "never turns from pass to fail when more leaves are satisfied, outside `none`",
    () => {
      const order = { fail: 0, pending: 1, pass: 2 };
      fc.assert(
        fc.property(playsOf(4), fc.nat(), (play, n) => {
          const leaf = n % play.said.length;
          const better: Play = {
            tree: play.tree,
            said: play.said.map((one, i) => (i === leaf ? { ...one, result: "pass" } : one)),
          };
          const [before, after] = [order[result(play)], order[result(better)]];
          if (isTurned(play.tree, leaf) === true) expect(after).toBeLessThanOrEqual(before);
          else expect(after).toBeGreaterThanOrEqual(before);
        }),
        RUNS,
      );
    },
    LONG,
  );
});

describe("what would be enough", () => {
  test(
    "is enough: with these leaves changed, and nothing else, the person is in",
    () => {
      fc.assert(
        fc.property(playsOf(4), (play) => {
          const { evaluation, leafAt } = evaluated(play);
          const leaves = evaluation.enough.map((path) => leafAt.get(path) as number);
          expect(new Set(leaves).size).toBe(leaves.length);
          expect(leaves.length === 0).toBe(evaluation.result === "pass");
          expect(result(changed(play, leaves))).toBe("pass");
          // None of them is there for nothing.
          for (const spare of leaves) {
            expect(
              result(
                changed(
                  play,
                  leaves.filter((leaf) => leaf !== spare),
                ),
              ),
            ).not.toBe("pass");
          }
        }),
        RUNS,
      );
    },
    LONG,
  );

  test(
    "is the least of all sets that would do, found by trying all of them",
    () => {
      fc.assert(
        fc.property(playsOf(3), (play) => {
          fc.pre(play.said.length <= 9);
          const { evaluation, leafAt } = evaluated(play);
          const mine = evaluation.enough.map((path) => leafAt.get(path) as number);
          const least = subsetsOf(leavesOf(play))
            .filter((leaves) => result(changed(play, leaves)) === "pass")
            .map((leaves) => priceOf(play, leaves))
            .sort(compare)[0] as number[];
          expect(compare(priceOf(play, mine), least)).toBe(0);
        }),
        { numRuns: 1000 },
      );
    },
    LONG,
  );
});

describe("what a join uses up", () => {
  const spentBy = (play: Play): number[] => {
    const all = evaluated(play).evaluation.spends;
    return leavesOf(play).filter((leaf) =>
      all.some((spend) => JSON.stringify(spend) === JSON.stringify(spendOf(leaf))),
    );
  };
  /** Whether the gate holds where nothing is there to be spent but this, and what is open turns out badly. */
  const holds = ({ tree, said }: Play, spent: readonly number[]): boolean =>
    met(
      tree,
      said.map(({ result, spends }, leaf) =>
        isTurned(tree, leaf) === true
          ? result !== "fail"
          : result === "pass" && (!spends || spent.includes(leaf)),
      ),
    );

  test(
    "is nothing unless the person gets in, and enough to let them in",
    () => {
      fc.assert(
        fc.property(playsOf(4), (play) => {
          const { evaluation } = evaluated(play);
          const spent = spentBy(play);
          expect(evaluation.spends).toHaveLength(spent.length);
          if (evaluation.result !== "pass") {
            expect(spent).toEqual([]);
            return;
          }
          for (const leaf of spent) {
            expect(isTurned(play.tree, leaf)).toBe(false);
            expect(play.said[leaf]).toMatchObject({ result: "pass", spends: true });
          }
          expect(holds(play, spent)).toBe(true);
        }),
        RUNS,
      );
    },
    LONG,
  );

  test(
    "is no more than it takes, found by trying everything",
    () => {
      fc.assert(
        fc.property(playsOf(3), (play) => {
          const plain = leavesOf(play).filter((leaf) => isTurned(play.tree, leaf) === false);
          const spendable = plain.filter(
            (leaf) => play.said[leaf]?.spends && play.said[leaf].result === "pass",
          );
          fc.pre(result(play) === "pass" && spendable.length <= 8);
          const least = Math.min(
            ...subsetsOf(spendable)
              .filter((spent) => holds(play, spent))
              .map(({ length }) => length),
          );
          expect(spentBy(play)).toHaveLength(least);
        }),
        { numRuns: 2000 },
      );
    },
    LONG,
  );

  test("is asked of a code that a double negation hides, too", () => {
    const said: Said[] = [{ result: "pass", spends: true, mendable: true }];
    const play: Play = { tree: { op: "none", of: [{ op: "none", of: [{ leaf: 0 }] }] }, said };
    expect(result(play)).toBe("pass");
    expect(spentBy(play)).toEqual([0]);
  });
});
