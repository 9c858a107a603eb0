import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { formFields } from "../domain/evaluate.ts";
import { type Locale, say } from "../domain/text.ts";
import type { Landing } from "../services/arrivals.ts";
import { passCookie } from "./browser.ts";
import { readPass } from "../services/passes.ts";
import type { Env } from "./env.ts";
import { sendsCodes } from "../services/contacts.ts";
import { gateHeaders, newNonce } from "./gate-page.ts";
import { likelyIdentity, localeOf, PAGE_HEADERS, wantsJson } from "./negotiate.ts";
import { landingHtml } from "./pages/landing-kept.ts";
import { wholeAnswer } from "./whole-answer.ts";

const HTML = { "Content-Type": "text/html; charset=UTF-8", ...PAGE_HEADERS };
const JSON_TYPE = { "Content-Type": "application/json", ...PAGE_HEADERS };

/** The landing page, or the same as JSON. */
export async function landingAnswer(
  c: Context<Env>,
  landing: Landing,
  cookies: readonly string[],
): Promise<Response> {
  const { about, inviter, seatsLeft, ticket, invite, challenge } = landing;
  const locale = localeOf(c, about.community.locale);
  if (wantsJson(c)) return wholeAnswer(c, landingJson(landing, locale), JSON_TYPE, cookies);
  const pass = getCookie(c, passCookie(about.campaign.id)) ?? null;
  const known = pass !== null && (await readPass(c.get("ports"), pass)) !== null;
  const nonce = newNonce(c.get("ports"), challenge);
  const own = {
    code: invite.code,
    ticket,
    path: c.req.path,
    inviter: inviter?.displayName ?? null,
    seatsLeft: String(seatsLeft),
    challenge: challenge && challenge.text,
    nonce,
    contact: sendsCodes(about.gate) ? `/i/${invite.code}/contact` : null,
    pass: known ? `/p/${pass}` : null,
  };
  const human = challenge && { by: challenge.by, difficulty: challenge.difficulty };
  const page = { about, own, human, locale, full: seatsLeft === 0, identity: likelyIdentity(c, locale) };
  const headers = nonce === null ? HTML : { ...HTML, ...gateHeaders(challenge, nonce) };
  return wholeAnswer(c, landingHtml(page), headers, cookies);
}

/** A campaign's part of the JSON, in each language. */
const kept: Record<Locale, WeakMap<Landing["about"], string>> = { en: new WeakMap(), "zh-CN": new WeakMap() };

function landingJson(landing: Landing, locale: Locale): string {
  const { about, inviter, seatsLeft, ticket, invite, challenge } = landing;
  let shared = kept[locale].get(about);
  if (shared === undefined) {
    shared = JSON.stringify(presentAbout(about, locale)).slice(1, -1);
    kept[locale].set(about, shared);
  }
  const first = JSON.stringify({ invite: { code: invite.code }, inviter });
  return `${first.slice(0, -1)},${shared},${JSON.stringify({ seatsLeft, ticket, ...(challenge && { challenge }) }).slice(1)}`;
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function presentAbout({ community, campaign, gate }: Landing["about"], locale: Locale) {
  const { settings, gateVersion, ...shown } = campaign;
  return {
    community,
    campaign: {
      ...shown,
      startsAt: iso(campaign.startsAt),
      endsAt: iso(campaign.endsAt),
      rotation: settings.rotation,
    },
    gate: {
      version: gateVersion,
      fields: formFields(gate).map(({ label, ...field }) => ({ ...field, label: say(label, locale) })),
    },
  };
}
