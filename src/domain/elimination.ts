import { z } from "zod";

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
