import type { Carrier } from "./types.ts";

/** Anything else that has a web address: a forum, a course page, a mailing list. */
export const url = {
  kind: "url",
  label: { en: "Link", "zh-CN": "链接" },
  defaultCapacity: 1000,
  maxCapacity: 10000000,
  linkDays: null,
  defaultMarginHours: 0,
  removes: false,
  schemes: ["https:", "http:"],
  hosts: [],
} as const satisfies Carrier;
