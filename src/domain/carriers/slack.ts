import type { Carrier } from "./types.ts";

/** Slack workspaces: shared invite links live 30 days by default. */
export const slack = {
  kind: "slack",
  label: { en: "Slack", "zh-CN": "Slack" },
  defaultCapacity: 400,
  maxCapacity: 500000,
  linkDays: 30,
  defaultMarginHours: 24,
  removes: true,
  schemes: ["https:"],
  hosts: ["slack.com", "join.slack.com"],
} as const satisfies Carrier;
