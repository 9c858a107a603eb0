import type { Credit } from "../credit.ts";

/** Whose score a credit counts for: the inviter's alone, or everybody's above the participant. */
export type Reach = "inviter" | "lineage";

/**
 * One way to rank participants. Each person who was brought is worth 1 or 0 to those whom `reach` names,
 * as they stand now; `when` says at which instant the credit came in, for boards of a period.
 */
export type Metric = {
  kind: string;
  label: { en: string; "zh-CN": string };
  reach: Reach;
  counts: (credit: Credit) => boolean;
  when: "joined" | "qualified";
};
