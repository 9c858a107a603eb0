import type { Context } from "hono";
import { deleteCookie, generateCookie, getCookie } from "hono/cookie";
import { extendTrail, type Touch } from "../domain/attribution.ts";
import { type Id, idDigits } from "../domain/id.ts";
import type { ScanKind } from "../domain/scan.ts";
import type { Landing } from "../services/arrivals.ts";
import { readTrail, sealTrail } from "../services/touches.ts";
import { type Env, originOf } from "./env.ts";

/** One cookie a campaign: which of its invites were opened in this browser, and when. */
const trailCookie = (campaignId: Id): string => `qrove_t${idDigits(campaignId)}`;

/** The invites of a campaign that this browser says it opened; none when it cannot prove it. */
export function touchesOf(c: Context<Env>, campaignId: Id): Promise<Touch[]> {
  const text = getCookie(c, trailCookie(campaignId));
  return text === undefined ? Promise.resolve([]) : readTrail(c.get("ports"), campaignId, text);
}

/**
 * Lets the visitor's own browser remember an arrival, for as long as the campaign counts it. What opens
 * links for people is told nothing, and the server keeps nothing of it before a join.
 */
export async function touchCookies(
  c: Context<Env>,
  { invite, campaign }: Pick<Landing, "invite" | "campaign">,
  kind: ScanKind,
): Promise<string[]> {
  if (kind !== "person") return [];
  const ports = c.get("ports");
  const trail = extendTrail(await touchesOf(c, campaign.id), invite.id, ports.now());
  if (trail === null) return [];
  const maxAge = campaign.settings.attribution.windowDays * 24 * 3600;
  const sealed = await sealTrail(ports, campaign.id, trail);
  const cookie = generateCookie(trailCookie(campaign.id), sealed, { ...attributesOf(c), maxAge });
  return [cookie, ...forgottenFor(c, campaign.id)];
}

/** Once somebody is in, their arrivals stand with them: the next one at this browser has others. */
export function forgetTouches(c: Context<Env>, campaignId: Id): void {
  const name = trailCookie(campaignId);
  if (getCookie(c, name) !== undefined) deleteCookie(c, name, attributesOf(c));
}

const attributesOf = (c: Context<Env>) =>
  ({ path: "/", httpOnly: true, sameSite: "Lax", secure: originOf(c).startsWith("https:") }) as const;

/** Servers and proxies refuse a request whose cookies are longer than 8 KB or so. */
const MUCH = 4096;

/** A browser that has seen very many campaigns forgets those that it has known longest. */
function forgottenFor(c: Context<Env>, campaignId: Id): string[] {
  const sent = c.req.header("Cookie") ?? "";
  if (sent.length < MUCH) return [];
  const names = sent.match(/\bqrove_t[0-9a-z]{11}(?==)/g) ?? [];
  const others = names.filter((name) => name !== trailCookie(campaignId));
  const gone = { ...attributesOf(c), maxAge: 0 };
  return others.slice(0, Math.ceil(others.length / 2)).map((name) => generateCookie(name, "", gone));
}
