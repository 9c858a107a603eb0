import type { Entry } from "../ledger.ts";

/** Whose score an entry changes: the inviter's alone, or everybody's above the participant. */
export type Reach = "inviter" | "lineage";

/** One way to rank participants, defined by what a ledger entry adds to a score. */
export type Metric = {
  kind: string;
  label: { en: string; "zh-CN": string };
  reach: Reach;
  /** What the entry adds to each score that it reaches; 0 for entries that do not count. */
  delta: (entry: Pick<Entry, "kind">) => number;
};
