import { referralStatus } from "../credit.ts";
import type { Metric } from "./types.ts";

/** People whom the participant brought and who stayed as long as the campaign asks, and are still there. */
export const qualified = {
  kind: "qualified",
  label: { en: "People who stayed", "zh-CN": "有效邀请" },
  reach: "inviter",
  counts: (credit) => referralStatus(credit) === "qualified",
  when: "qualified",
} as const satisfies Metric;
