import fc from "fast-check";
import { expect, test } from "vitest";
import { nextStep, type RecheckRules } from "../../src/domain/elimination.ts";
import { HOUR, rulesOf, seenAs, standing, T0 } from "../support/checks.ts";

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
