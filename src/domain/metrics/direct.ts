import type { Metric } from "./types.ts";

/** People whom the participant brought in person. */
export const direct = {
  kind: "direct",
  label: { en: "People invited", "zh-CN": "直接邀请" },
  reach: "inviter",
  delta: (entry) => (entry.kind === "joined" ? 1 : 0),
} as const satisfies Metric;
