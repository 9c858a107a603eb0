import type { Carrier } from "./types.ts";

/** Personal WeChat: no API; scan-joining stops near 200 people and the QR lives 7 days. */
export const wechat = {
  kind: "wechat",
  label: { en: "WeChat", "zh-CN": "微信" },
  defaultCapacity: 200,
  maxCapacity: 500,
  linkDays: 7,
  defaultMarginHours: 24,
  removes: false,
  schemes: ["https:", "http:", "weixin:"],
  hosts: ["weixin.qq.com", "wechat.com", "work.weixin.qq.com"],
} as const satisfies Carrier;
