import type { Carrier } from "./types.ts";

/** Telegram groups; an invite link may carry its own limits. */
export const telegram = {
  kind: "telegram",
  label: { en: "Telegram", "zh-CN": "Telegram" },
  defaultCapacity: 1000,
  maxCapacity: 200000,
  linkDays: null,
  defaultMarginHours: 0,
  removes: true,
  schemes: ["https:", "tg:"],
  hosts: ["t.me", "telegram.me", "telegram.dog"],
} as const satisfies Carrier;
