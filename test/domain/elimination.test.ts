import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Check,
  type CheckStep,
  DEFAULT_RECHECK,
  nextStep,
  type RecheckRules,
  type Seen,
  sparedBy,
} from "../../src/domain/elimination.ts";

const HOUR = 3_600_000;
const T0 = Date.parse("2026-03-01T08:00:00Z");

const rulesOf = (given: Partial<RecheckRules> = {}): RecheckRules => ({
  ...DEFAULT_RECHECK,
  action: "remove",
  ...given,
});
const seenAs = (given: Partial<Seen> = {}): Seen => ({
  passes: false,
  spared: null,
  appealed: false,
  removable: true,
  presence: "in",
  again: null,
  ...given,
});
const standing = (given: Partial<Check> = {}): Check => ({
  state: "passing",
  since: null,
  graceUntil: null,
  exemptUntil: null,
  ...given,
});
const warned = (given: Partial<Check> = {}) =>
  standing({ state: "warned", since: T0, graceUntil: T0 + 72 * HOUR, ...given });

describe("one step of a re-check", () => {
  const table: [string, Check, Partial<Seen>, Partial<RecheckRules>, Partial<CheckStep>][] = [
    [
      "who passes is judged again in a day",
      standing(),
      { passes: true },
      {},
      { state: "passing", deed: null, dueAt: T0 + 24 * HOUR },
    ],
    [
      "sooner where time alone may change it",
      standing(),
      { passes: true, again: T0 + HOUR },
      {},
      { dueAt: T0 + HOUR },
    ],
    [
      "an instant that is over does not make it busy",
      standing(),
      { passes: true, again: T0 - 1 },
      {},
      { dueAt: T0 + 24 * HOUR },
    ],
    [
      "who does not pass is warned",
      standing(),
      {},
      {},
      { state: "warned", since: T0, graceUntil: T0 + 72 * HOUR, deed: "warned", dueAt: T0 + 24 * HOUR },
    ],
    [
      "without grace, the next step follows at once",
      standing(),
      {},
      { graceHours: 0 },
      { state: "warned", graceUntil: T0, dueAt: T0 },
    ],
    [
      "staff are spared",
      standing(),
      { spared: "tag" },
      {},
      { state: "exempt", deed: "exempted", since: null },
    ],
    [
      "who is spared is not told so twice",
      standing({ state: "exempt" }),
      { spared: "reads" },
      {},
      { deed: null },
    ],
    [
      "an exemption ends by itself",
      standing({ exemptUntil: T0 + 2 * HOUR }),
      {},
      {},
      { state: "exempt", dueAt: T0 + 2 * HOUR },
    ],
    ["one that is over spares nobody", standing({ exemptUntil: T0 }), {}, {}, { state: "warned" }],
    [
      "a warning is borne with until its grace is over",
      warned({ graceUntil: T0 + HOUR }),
      {},
      {},
      { state: "warned", since: T0, deed: null, dueAt: T0 + HOUR },
    ],
    [
      "then they are removed",
      warned({ graceUntil: T0 }),
      {},
      {},
      { state: "removed", deed: "removed", dueAt: T0 + 24 * HOUR },
    ],
    [
      "or an operator is asked to, by the rules",
      warned({ graceUntil: T0 }),
      {},
      { action: "queue" },
      { state: "due", deed: "due" },
    ],
    [
      "or because the carrier cannot",
      warned({ graceUntil: T0 }),
      { removable: false },
      {},
      { state: "due", deed: "due" },
    ],
    [
      "an appeal holds a removal up",
      warned({ graceUntil: T0 }),
      { appealed: true },
      {},
      { state: "warned", deed: null, dueAt: T0 + 24 * HOUR },
    ],
    [
      "who passes again is cleared",
      warned(),
      { passes: true },
      {},
      { state: "passing", since: null, deed: "passed" },
    ],
    [
      "from the queue too",
      warned({ state: "due" }),
      { passes: true },
      {},
      { state: "passing", deed: "passed" },
    ],
    [
      "nobody is queued twice",
      warned({ state: "due" }),
      {},
      { action: "queue" },
      { state: "due", since: T0, deed: null },
    ],
    [
      "the queue empties itself where the rules change",
      warned({ state: "due" }),
      {},
      {},
      { state: "removed", deed: "removed" },
    ],
    [
      "whom a re-check removed comes back by passing",
      warned({ state: "removed" }),
      { presence: "out", passes: true },
      {},
      { state: "passing", deed: "restored" },
    ],
    [
      "or by being spared",
      warned({ state: "removed" }),
      { presence: "out", spared: "tag" },
      {},
      { state: "exempt", deed: "restored" },
    ],
    [
      "and stays out until then",
      warned({ state: "removed" }),
      { presence: "out" },
      {},
      { state: "removed", deed: null, dueAt: T0 + 24 * HOUR },
    ],
    [
      "whom an operator let in again is warned anew",
      warned({ state: "removed" }),
      {},
      {},
      { state: "warned", since: T0, deed: "warned" },
    ],
    [
      "an operator's removal is final",
      warned(),
      { presence: "out", passes: true },
      {},
      { state: "removed", deed: null, dueAt: null },
    ],
    [
      "who left is not judged",
      warned({ graceUntil: T0 - 1 }),
      { presence: "away" },
      {},
      { state: "warned", since: T0, deed: null, dueAt: null },
    ],
    [
      "and stands on no queue",
      warned({ state: "due" }),
      { presence: "away" },
      {},
      { state: "warned", deed: null, dueAt: null },
    ],
  ];
  test.each(table)("%s", (_, check, seen, rules, expected) => {
    expect(nextStep(check, seenAs(seen), rulesOf(rules), T0)).toMatchObject(expected);
  });
});

describe("who is spared", () => {
  const DAY = 24 * HOUR;
  test.each([
    [["staff"], null, "tag"],
    [["friend"], null, null],
    [[], T0 - 30 * DAY, "reads"],
    [[], T0 - 30 * DAY - 1, null],
    [["staff"], T0, "tag"],
  ])("tags %j, last read %s: %s", (tags, lastReadAt, expected) => {
    expect(sparedBy(DEFAULT_RECHECK, { tags, lastReadAt }, T0)).toBe(expected);
  });

  test("reading spares nobody where the rules do not say so", () => {
    const rules = rulesOf({ readWithinDays: null });
    expect(sparedBy(rules, { tags: [], lastReadAt: T0 }, T0)).toBeNull();
  });
});

/** One look at a member: so many hours after the one before, and what is seen then. */
const looks = fc.array(
  fc.record({
    hours: fc.integer({ min: 1, max: 60 }),
    passes: fc.boolean(),
    spared: fc.option(fc.constantFrom("tag" as const, "reads" as const), { freq: 4 }),
    appealed: fc.boolean(),
    removable: fc.boolean(),
  }),
  { maxLength: 40 },
);
const rules = fc.record({
  graceHours: fc.constantFrom(0, 1, 24, 72),
  action: fc.constantFrom("remove" as const, "queue" as const),
});

type Look = { at: number; fine: boolean; passes: boolean; appealed: boolean; removable: boolean };

/**
 * How somebody stands after their looks, told from all of them at once and not step by step: by the last
 * unbroken run of looks in which they neither passed nor were spared.
 */
function naive(all: readonly Look[], { graceHours, action }: Pick<RecheckRules, "graceHours" | "action">) {
  const last = all.at(-1);
  if (last === undefined) return "passing";
  if (last.fine) return last.passes ? "passing" : "exempt";
  const begin = all.findLastIndex(({ fine }) => fine) + 1;
  const run = all.slice(begin);
  const over = (run[0] as Look).at + graceHours * HOUR;
  const judged = run.slice(1).filter(({ at, appealed }) => at >= over && !appealed);
  if (action === "remove" && judged.some(({ removable }) => removable)) return "removed";
  return judged.length > 0 ? "due" : "warned";
}

test("the steps lead where a naive look at the whole history says, and nobody is removed without a warning", () => {
  fc.assert(
    fc.property(looks, rules, (given, picked) => {
      const by = rulesOf(picked);
      let check = standing();
      let now = T0;
      let out = false;
      let warnedAt: number | null = null;
      const all: Look[] = [];
      for (const { hours, ...seen } of given) {
        now += hours * HOUR;
        const step = nextStep(check, seenAs({ ...seen, presence: out ? "out" : "in" }), by, now);
        all.push({ at: now, fine: seen.passes || seen.spared !== null, ...seen });
        expect(step.state).toBe(naive(all, by));
        if (step.deed === "warned") warnedAt = now;
        if (step.deed === "removed") {
          expect(seen.appealed || seen.passes || seen.spared !== null || out).toBe(false);
          expect(now - (warnedAt as number)).toBeGreaterThanOrEqual(by.graceHours * HOUR);
          out = true;
        }
        if (step.deed === "restored") {
          expect(out).toBe(true);
          out = false;
        }
        expect(out).toBe(step.state === "removed");
        expect(step.dueAt).toBeLessThanOrEqual(now + by.everyHours * HOUR);
        expect(step.dueAt).toBeGreaterThanOrEqual(now);
        // Looking once more at the same instant repeats no deed, but for one that is due without any grace.
        const again = nextStep(
          { ...step, exemptUntil: null },
          seenAs({ ...seen, presence: out ? "out" : "in" }),
          by,
          now,
        );
        if (step.deed !== "warned" || by.graceHours > 0)
          expect(again).toMatchObject({ state: step.state, deed: null });
        check = { ...step, exemptUntil: null };
      }
    }),
    { numRuns: 2000 },
  );
});
