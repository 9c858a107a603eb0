import { isCredited } from "../credit.ts";
import type { Metric } from "./types.ts";

/** Everybody below the participant in the referral tree, at any depth, whether they stayed or not. */
export const team = {
  kind: "team",
  label: { en: "Team size", "zh-CN": "团队人数" },
  reach: "lineage",
  counts: ({ standing }) => isCredited(standing),
  when: "joined",
} as const satisfies Metric;
