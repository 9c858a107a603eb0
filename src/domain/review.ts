import { z } from "zod";
import { line } from "./shapes.ts";

/** `pending`: the gate may still pass. `withdrawn`: the person gave up, or it was overtaken. */
export const APPLICATION_STATES = ["pending", "admitted", "rejected", "withdrawn"] as const;
export type ApplicationState = (typeof APPLICATION_STATES)[number];

/** An entry is asked for by a review criterion; an appeal by a member who is to be removed. */
export const REVIEW_KINDS = ["entry", "appeal"] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** How a campaign's reviews are run. */
export const reviewRules = z.strictObject({
  /** Hours within which a case is to be decided. */
  slaHours: z
    .int()
    .min(1)
    .max(24 * 30),
});
export type ReviewRules = z.output<typeof reviewRules>;

export const DEFAULT_REVIEW: ReviewRules = { slaHours: 24 };

/** A reviewer's decision. The reason is shown to the person. */
export const decisionInput = z.strictObject({ reason: line(500).optional() });
