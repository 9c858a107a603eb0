import type { Carrier } from "./types.ts";

/** WhatsApp groups: 1,024 people at the most. */
export const whatsapp = {
  kind: "whatsapp",
  label: { en: "WhatsApp", "zh-CN": "WhatsApp" },
  defaultCapacity: 1024,
  maxCapacity: 1024,
  linkDays: null,
  defaultMarginHours: 0,
  removes: false,
  schemes: ["https:"],
  hosts: ["chat.whatsapp.com", "wa.me", "whatsapp.com"],
} as const satisfies Carrier;
