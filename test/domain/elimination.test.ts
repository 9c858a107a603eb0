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
import { HOUR, rulesOf, seenAs, standing, T0 } from "../support/checks.ts";

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
