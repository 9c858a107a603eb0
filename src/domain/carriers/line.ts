import type { Carrier } from "./types.ts";

/** LINE groups: 500 people at the most. */
export const line = {
  kind: "line",
  label: { en: "LINE", "zh-CN": "LINE" },
  defaultCapacity: 500,
  maxCapacity: 500,
  linkDays: null,
  defaultMarginHours: 0,
  removes: false,
  schemes: ["https:"],
  hosts: ["line.me", "lin.ee"],
} as const satisfies Carrier;
