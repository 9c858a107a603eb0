import type { Carrier } from "./types.ts";

/** QQ groups. */
export const qq = {
  kind: "qq",
  label: { en: "QQ", "zh-CN": "QQ" },
  defaultCapacity: 200,
  maxCapacity: 3000,
  linkDays: null,
  defaultMarginHours: 0,
  removes: false,
  schemes: ["https:", "http:", "mqqapi:"],
  hosts: ["qq.com", "qm.qq.com"],
} as const satisfies Carrier;
