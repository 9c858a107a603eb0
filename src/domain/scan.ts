import { isbot } from "isbot";
import type { Id } from "./id.ts";

export const SCAN_KINDS = ["person", "bot", "preview", "prefetch"] as const;
/** What came: only a `person` counts. */
export type ScanKind = (typeof SCAN_KINDS)[number];

export const DEVICES = ["phone", "tablet", "computer", "other"] as const;
export type Device = (typeof DEVICES)[number];

/** One arrival on an invite, as it is kept. Who it was cannot be read off it. */
export type Scan = {
  workspaceId: Id;
  campaignId: Id;
  inviteId: Id;
  /** A hash that is the same for one visitor of one campaign during one day, UTC. */
  visitor: string;
  kind: ScanKind;
  device: Device;
  /** ISO 3166, two letters; null where the host does not know. */
  country: string | null;
  /** Milliseconds since 1970. */
  at: number;
};

/** What a request says about who sent it. */
export type ScanSigns = {
  method: string;
  userAgent: string;
  /** `Sec-Purpose`, `Purpose` and their older forms, as they came. */
  purposes: readonly string[];
};

/** Those that fetch a link to show what is behind it: messengers, and their like. */
const PREVIEWERS =
  /telegrambot|slackbot|discordbot|whatsapp|line-poker|larkurl|dingtalkbot|facebookexternalhit|facebot|meta-externalagent|twitterbot|linkedinbot|pinterestbot|viber|skypeuripreview|preview/i;

/**
 * Tells people from what opens links for them. An empty user agent is a bot: every browser has one.
 * In-app browsers (WeChat, WeCom, QQ, DingTalk, Lark, LINE) are people; their unfurlers are not.
 */
export function kindOf({ method, userAgent, purposes }: ScanSigns): ScanKind {
  if (purposes.some((purpose) => /prefetch|prerender/i.test(purpose))) return "prefetch";
  if (method === "HEAD" || purposes.some((purpose) => purpose.trim() !== "")) return "preview";
  if (userAgent.trim() === "") return "bot";
  if (!isbot(userAgent)) return "person";
  return PREVIEWERS.test(userAgent) ? "preview" : "bot";
}

/** The kind of device, no finer than what a person would say. */
export function deviceOf(userAgent: string): Device {
  if (/iPad|\bTablet\b|PlayBook|Silk\/|Android(?!.*\bMobile\b)/i.test(userAgent)) return "tablet";
  if (/iPhone|iPod|Android|\bMobile\b|Windows Phone/i.test(userAgent)) return "phone";
  if (/Windows NT|Macintosh|X11|CrOS|\(PC;/i.test(userAgent)) return "computer";
  return "other";
}

const HOUR_MS = 3_600_000;

/** Hours since 1970: a visitor counts once an invite in each. */
export const hourOf = (at: number): number => Math.floor(at / HOUR_MS);

/** The day of an instant, UTC, such as `2026-11-21`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
