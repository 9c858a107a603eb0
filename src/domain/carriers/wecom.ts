import type { Carrier } from "./types.ts";

/** WeCom (企业微信) customer groups. */
export const wecom = {
  kind: "wecom",
  label: { en: "WeCom", "zh-CN": "企业微信" },
  defaultCapacity: 200,
  maxCapacity: 500,
  linkDays: 7,
  defaultMarginHours: 24,
  removes: false,
  schemes: ["https:", "http:"],
  hosts: ["work.weixin.qq.com", "weixin.qq.com"],
} as const satisfies Carrier;
