import { z } from "zod";
import type { NextStep } from "./criteria/types.ts";
import type { Text } from "./text.ts";

/**
 * How a member stands with the criteria that are judged again. `passing` → `warned` (grace runs) → `due`
 * (on the removal queue, where the carrier cannot remove by itself) → `removed`; back to `passing` at any
 * time. `exempt`: they would fail, and are spared.
 */
export const CHECK_STATES = ["passing", "exempt", "warned", "due", "removed"] as const;
export type CheckState = (typeof CHECK_STATES)[number];

/** How a campaign judges its members again. */
export const recheckRules = z.strictObject({
  everyHours: z
    .int()
    .min(1)
    .max(24 * 365),
  graceHours: z
    .int()
    .min(0)
    .max(24 * 90),
  /** `remove`: removed by Qrove when the grace is over; `queue`: an operator does it. */
  action: z.enum(["remove", "queue"]),
  /** What becomes of the credit for bringing somebody who is removed. */
  credits: z.enum(["void", "keep"]),
  /** Whoever has one of these tags is spared, such as staff. */
  exemptTags: z.array(z.string().min(1).max(60)).max(20),
  /** Quiet readers are spared while they read: the carrier saw them within so many days; null: no such rule. */
  readWithinDays: z.int().min(1).max(365).nullable(),
});
export type RecheckRules = z.output<typeof recheckRules>;

export const DEFAULT_RECHECK: RecheckRules = {
  everyHours: 24,
  graceHours: 72,
  action: "queue",
  credits: "void",
  exemptTags: ["staff"],
  readWithinDays: 30,
};

/** A leaf that somebody no longer passes, as they and the operator are told of it. */
export type UnmetLeaf = {
  criterion: string;
  code: string;
  message: Text;
  remedy: Text | null;
  next: NextStep | null;
};

/** What is kept of a member's re-check between two of them. Instants are milliseconds since 1970. */
export type Check = {
  state: CheckState;
  /** Since when they do not pass, and until when that is borne with. */
  since: number | null;
  graceUntil: number | null;
  /** Spared until then, whatever the gate says: an operator said so, or an appeal was granted. */
  exemptUntil: number | null;
};

/** What is known of a member when they are judged again. */
export type Seen = {
  passes: boolean;
  /** Why they are spared if they do not pass; null: they are not. */
  spared: "tag" | "reads" | null;
  /** An appeal of theirs waits for its decision: nobody is removed meanwhile. */
  appealed: boolean;
  /** Whether they can be taken out of where they sit without a human hand. */
  removable: boolean;
  /** `away`: they left. `out`: removed, by a re-check or by an operator. */
  presence: "in" | "away" | "out";
  /** When time alone may change the gate's result. */
  again: number | null;
};

/** What a re-check does, beside setting the time of the next one; null: nothing. */
export type CheckDeed = "warned" | "due" | "removed" | "restored" | "passed" | "exempted";

/** One step of a member's re-check: how they stand then, what is done, and when to judge again (null: no more). */
export type CheckStep = Pick<Check, "state" | "since" | "graceUntil"> & {
  dueAt: number | null;
  deed: CheckDeed | null;
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Whether a member is spared, would they fail: by a tag, or because they read quietly. */
export function sparedBy(
  { exemptTags, readWithinDays }: RecheckRules,
  person: { tags: readonly string[]; lastReadAt: number | null },
  now: number,
): Seen["spared"] {
  if (person.tags.some((tag) => exemptTags.includes(tag))) return "tag";
  const { lastReadAt } = person;
  if (readWithinDays === null || lastReadAt === null) return null;
  return lastReadAt >= now - readWithinDays * DAY ? "reads" : null;
}

/** What follows for a member from how they stand and what is seen now. Pure: the same, whoever asks. */
export function nextStep(check: Check, seen: Seen, rules: RecheckRules, now: number): CheckStep {
  const { state, since, graceUntil, exemptUntil } = check;
  const later = now + rules.everyHours * HOUR;
  const stay = { state, since, graceUntil, deed: null };
  // What an operator decided is not undone, and whoever left is judged when they are back.
  if (seen.presence === "out" && state !== "removed") return { ...stay, state: "removed", dueAt: null };
  if (seen.presence === "away") return { ...stay, state: state === "due" ? "warned" : state, dueAt: null };
  // An operator let them in again: it begins anew.
  const was = state === "removed" && seen.presence === "in" ? "passing" : state;
  const isExempt = exemptUntil !== null && exemptUntil > now;
  const soonest = (...times: (number | null)[]) =>
    Math.min(later, ...times.filter((time): time is number => time !== null && time > now));
  if (seen.passes || isExempt || seen.spared !== null) {
    const to = seen.passes ? "passing" : "exempt";
    return {
      state: to,
      since: null,
      graceUntil: null,
      dueAt: soonest(seen.again, isExempt ? exemptUntil : null),
      deed: was === "removed" ? "restored" : was === to ? null : to === "exempt" ? "exempted" : "passed",
    };
  }
  if (was === "passing" || was === "exempt") {
    const until = now + rules.graceHours * HOUR;
    return { state: "warned", since: now, graceUntil: until, dueAt: Math.min(later, until), deed: "warned" };
  }
  if (was === "removed") return { ...stay, dueAt: soonest(seen.again) };
  if (was === "warned" && graceUntil !== null && now < graceUntil) {
    return { ...stay, dueAt: soonest(seen.again, graceUntil) };
  }
  if (seen.appealed) return { ...stay, dueAt: soonest(seen.again) };
  if (rules.action === "remove" && seen.removable)
    return { ...stay, state: "removed", dueAt: later, deed: "removed" };
  return { ...stay, state: "due", dueAt: soonest(seen.again), deed: was === "due" ? null : "due" };
}
