import type { Carrier } from "./types.ts";

/** Discord servers: an ordinary invite lives up to 7 days, or for ever when made so. */
export const discord = {
  kind: "discord",
  label: { en: "Discord", "zh-CN": "Discord" },
  defaultCapacity: 1000,
  maxCapacity: 500000,
  linkDays: null,
  defaultMarginHours: 1,
  removes: true,
  schemes: ["https:"],
  hosts: ["discord.gg", "discord.com", "discordapp.com"],
} as const satisfies Carrier;
