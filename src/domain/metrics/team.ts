import type { Metric } from "./types.ts";

/** Everybody below the participant in the referral tree, at any depth. */
export const team = {
  kind: "team",
  label: { en: "Team size", "zh-CN": "团队人数" },
  reach: "lineage",
  delta: (entry) => (entry.kind === "joined" ? 1 : 0),
} as const satisfies Metric;
