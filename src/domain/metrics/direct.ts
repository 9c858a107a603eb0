import { isCredited } from "../credit.ts";
import type { Metric } from "./types.ts";

/** People whom the participant brought in person, whether they stayed or not. */
export const direct = {
  kind: "direct",
  label: { en: "People invited", "zh-CN": "直接邀请" },
  reach: "inviter",
  counts: ({ standing }) => isCredited(standing),
  when: "joined",
} as const satisfies Metric;
