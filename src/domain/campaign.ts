import { z } from "zod";
import { allocation } from "./allocation.ts";
import { MAX_WINDOW_DAYS, MODELS } from "./attribution.ts";
import type { Organiser } from "./community.ts";
import { recheckRules } from "./elimination.ts";
import { gate } from "./gate.ts";
import { rotation } from "./invite.ts";
import { METRIC_KINDS } from "./metrics/index.ts";
import { type FieldError, Problem } from "./problem.ts";
import { reviewRules } from "./review.ts";
import { instant, later, line, timezone } from "./shapes.ts";

export const CAMPAIGN_TYPES = ["event", "course", "launch", "evergreen"] as const;
export type CampaignType = (typeof CAMPAIGN_TYPES)[number];

export const CAMPAIGN_STATUSES = ["draft", "published", "paused", "ended"] as const;
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];

export const attribution = z.strictObject({
  model: z.enum(MODELS),
  windowDays: z.int().min(1).max(MAX_WINDOW_DAYS),
  /** Whether people who were in the community before the campaign began can be referred too. */
  allowKnown: z.boolean().optional(),
});
export const referral = z.strictObject({
  qualifyAfterMinutes: z
    .int()
    .min(0)
    .max(60 * 24 * 90),
});
export const board = z.strictObject({ public: z.boolean(), metric: z.enum(METRIC_KINDS) });

/** The settings that have defaults: kept as one JSON value. */
const settings = { rotation, allocation, attribution, referral, board };

/** Settings that came later: a campaign that says nothing has the defaults. */
const laterSettings = { review: reviewRules, recheck: recheckRules };
export type CampaignSettings = { [K in keyof typeof settings]: z.output<(typeof settings)[K]> } & {
  [K in keyof typeof laterSettings]?: z.output<(typeof laterSettings)[K]>;
};

/** The part of the settings that decides credits: each change of it is a version that the ledger names. */
export type CampaignRules = Pick<CampaignSettings, "attribution" | "referral">;

export const DEFAULT_SETTINGS: CampaignSettings = {
  rotation: { mode: "static" },
  allocation: allocation.parse({ strategy: "in_order" }),
  attribution: { model: "last_touch", windowDays: 30 },
  referral: { qualifyAfterMinutes: 0 },
  board: { public: false, metric: "direct" },
};

const fields = {
  name: line(120),
  type: z.enum(CAMPAIGN_TYPES),
  startsAt: instant.nullish(),
  endsAt: instant.nullish(),
  timezone: timezone.optional(),
  groupIds: z.array(z.string().max(40)).max(500).nullish(),
  gate: gate.nullish(),
  rotation: rotation.optional(),
  allocation: allocation.optional(),
  attribution: attribution.optional(),
  referral: referral.optional(),
  board: board.optional(),
  review: reviewRules.optional(),
  recheck: recheckRules.optional(),
};

export const campaignInput = z
  .strictObject({ communityId: z.string().max(40), ...fields })
  .refine(...later("startsAt", "endsAt"));
export type CampaignInput = z.output<typeof campaignInput>;

export const campaignPatch = z
  .strictObject(fields)
  .partial()
  .refine(...later("startsAt", "endsAt"));
export type CampaignPatch = z.output<typeof campaignPatch>;

/** Settings with what the caller gave laid over what was there. */
export function mergeSettings(base: CampaignSettings, given: Partial<CampaignSettings>): CampaignSettings {
  const { rotation, allocation, attribution, referral, board, review, recheck } = given;
  const known = { rotation, allocation, attribution, referral, board, review, recheck };
  const set = Object.entries(known).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(set) };
}

export const CAMPAIGN_ACTIONS = ["publish", "pause", "resume", "end"] as const;
export type CampaignAction = (typeof CAMPAIGN_ACTIONS)[number];

const TRANSITIONS: Record<CampaignAction, { from: readonly CampaignStatus[]; to: CampaignStatus }> = {
  publish: { from: ["draft"], to: "published" },
  pause: { from: ["published"], to: "paused" },
  resume: { from: ["paused"], to: "published" },
  end: { from: ["published", "paused"], to: "ended" },
};

/** The statuses that an action starts from and the one that it leads to. */
export const transitionOf = (action: CampaignAction) => TRANSITIONS[action];

/**
 * Everything that keeps a campaign from being published, all at once; empty when nothing does.
 * @param lacking what its gate wants and the installation has not
 */
export function publishFaults(
  community: { purpose: string; organiser: Organiser },
  campaign: { endsAt: number | null },
  groupCount: number,
  now: number,
  lacking: readonly FieldError[],
): FieldError[] {
  const faults: FieldError[] = [...lacking];
  const fault = (path: string, code: string, message: string) => faults.push({ path, code, message });
  if (community.purpose === "") {
    fault("/community/purpose", "purpose_missing", "The community says nothing about its purpose.");
  }
  if (community.organiser.name === "") {
    fault("/community/organiser/name", "organiser_missing", "The community names no organiser.");
  }
  if (groupCount === 0) {
    fault("/groupIds", "group_missing", "The campaign has no group to fill.");
  }
  if (campaign.endsAt !== null && campaign.endsAt <= now) {
    fault("/endsAt", "window_over", "The campaign's time window is already over.");
  }
  return faults;
}

export type CampaignWindow = {
  status: CampaignStatus;
  startsAt: number | null;
  endsAt: number | null;
};

export type ClosedCode = "campaign_not_open" | "campaign_paused" | "campaign_over";

/** Why a campaign takes nobody at `now`; null when it is open. */
export function closedBecause(campaign: CampaignWindow, now: number): ClosedCode | null {
  const { status, startsAt, endsAt } = campaign;
  if (status === "ended" || (endsAt !== null && now >= endsAt)) return "campaign_over";
  if (status === "draft" || (startsAt !== null && now < startsAt)) return "campaign_not_open";
  return status === "paused" ? "campaign_paused" : null;
}

const CLOSED: Record<ClosedCode, string> = {
  campaign_not_open: "The campaign has not opened yet.",
  campaign_paused: "The campaign is paused.",
  campaign_over: "The campaign is over.",
};

/** The refusal for a campaign that takes nobody. */
export const closedProblem = (code: ClosedCode): Problem => new Problem(code, CLOSED[code]);
