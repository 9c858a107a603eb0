import { z } from "zod";
import type { ReviewState } from "./criteria/facts.ts";
import { instant, line, paragraph } from "./shapes.ts";

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

export const REVIEW_STATES = ["open", "approved", "rejected"] as const satisfies readonly ReviewState[];
export type Verdict = Exclude<ReviewState, "open">;

/** The queue of members' appeals. No criterion's queue can be called so. */
export const REMOVAL_QUEUE = ":removal";

/** For how many days nobody is removed whose appeal was granted, unless the reviewer says until when. */
export const APPEAL_DAYS = 30;

const more = {
  /** Shown to the person. */
  reason: line(500).optional(),
  /** The `tries` of the case as it was looked at: refused where the person has applied again since. */
  expectedTries: z.int().min(1).max(1000).optional(),
  /** A member's appeal that is granted: until when nobody removes them. */
  exemptUntil: instant.optional(),
};

export const decisionInput = z.strictObject(more);
export type DecisionInput = z.output<typeof decisionInput>;

export const MAX_BULK = 200;

/** Many decisions, each by itself: none is undone because another one could not be made. */
export const bulkInput = z.strictObject({
  decisions: z
    .array(z.strictObject({ id: z.string().max(40), decision: z.enum(["approve", "reject"]), ...more }))
    .min(1)
    .max(MAX_BULK)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "names a case twice"),
});
export type BulkInput = z.output<typeof bulkInput>;

/** Who is to decide a case: a name that the reviewers agree on, such as a key's id; null: nobody. */
export const assignmentInput = z.strictObject({
  assignee: line(60).nullable(),
  /** Refused where it is somebody else's already: of two who reach for a case, one gets it. */
  onlyIfFree: z.boolean().default(false),
});
export type AssignmentInput = z.output<typeof assignmentInput>;

/** A person's own words against a decision. */
export const appealInput = z.strictObject({ statement: paragraph(2000) });
