import { Hono } from "hono";
import type { Id } from "../domain/id.ts";
import { gateInput } from "../domain/join.ts";
import { Problem } from "../domain/problem.ts";
import { qrQuery } from "../domain/qr.ts";
import { pickLocale } from "../domain/text.ts";
import { openInvite, reopenInvite, showAgain } from "../services/arrivals.ts";
import { groupQrOfPass, logoOfInvite } from "../services/images.ts";
import { type GateResult, joinAtGate } from "../services/joins.ts";
import { lookOnceMore } from "../services/reapplying.ts";
import { readCode } from "../services/invites.ts";
import { askSeat, openPass } from "../services/seats.ts";
import { storedPicture } from "./api/images.ts";
import { type Env, originOf } from "./env.ts";
import { readForm } from "./form.ts";
import { presentJoin, presentSeat, presentWarning } from "./join-answer.ts";
import { gateHeaders, newNonce } from "./gate-page.ts";
import { landingAnswer } from "./landing.ts";
import { boardUrl, inviteQrText, inviteUrl, passUrl } from "./links.ts";
import { localeOf, PAGE_HEADERS, wantsJson } from "./negotiate.ts";
import { AgainPage } from "./pages/again.tsx";
import { mistakesIn } from "./pages/mistakes.ts";
import { OutcomePage } from "./pages/outcome.tsx";
import { SeatPage } from "./pages/seat.tsx";
import { OUTCOME_TITLES, WORDS } from "./pages/words.ts";
import { qrResponse } from "./qr-response.ts";
import { scanned } from "./scans.ts";
import { applicationOf, holderOf, rememberApplication, rememberPass } from "./browser.ts";
import { forgetTouches, touchesOf } from "./touches.ts";
import { invalid } from "./validation.ts";

/** What anybody may open: invites, the gate, and a participant's own page. No key. */
export const publicPages = new Hono<Env>();

for (const format of ["svg", "png"] as const) {
  publicPages.get(`/i/:code/qr.${format}`, (c) => {
    const style = qrQuery.safeParse(c.req.query());
    if (!style.success) throw invalid(style.error.issues, "query");
    const code = readCode(c.req.param("code"));
    const logoOf = () => logoOfInvite(c.get("ports"), { code });
    return qrResponse(c, inviteQrText(originOf(c), code), format, style.data, "public, max-age=3600", logoOf);
  });
}

publicPages.get("/i/:code/:token?", async (c) => {
  const landing = await openInvite(c.get("ports"), c.req.param("code"), c.req.param("token") ?? null);
  return landingAnswer(c, landing, await scanned(c, landing));
});

publicPages.post("/i/:code", async (c) => {
  const ports = c.get("ports");
  const code = readCode(c.req.param("code"));
  const { fields, typed } = await readForm(c);
  const locale = localeOf(c);
  const parsed = gateInput.safeParse(fields);
  /** A form with fields that are wrong comes again, with what is wrong with each. */
  const again = async (problem: Problem) => {
    if (typed === null || wantsJson(c)) throw problem;
    const landing = await reopenInvite(ports, code, typed.get("ticket") || undefined);
    const mistakes = mistakesIn(problem.errors, typed, locale);
    const nonce = newNonce(ports, landing.challenge);
    const page = { landing, nonce, locale, title: WORDS.again, typed, mistakes, code: problem.code };
    return c.html(<AgainPage {...page} />, 400, gateHeaders(landing.challenge, nonce));
  };
  if (!parsed.success) return again(invalid(parsed.error.issues, "json"));
  const input = parsed.data;
  const browser = {
    holderOf: (campaignId: Id) => holderOf(c, campaignId),
    touchesOf: (campaignId: Id) => touchesOf(c, campaignId),
    applicationOf: (campaignId: Id) => applicationOf(c, campaignId),
    country: ports.clientOf(c.req.raw, c.env).country,
  };
  let result: GateResult;
  try {
    result = await joinAtGate(ports, code, input, browser, locale);
  } catch (error) {
    if (error instanceof Problem && error.code === "invalid_request") return again(error);
    throw error;
  }
  for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value);
  const answer = presentJoin(result, originOf(c), locale);
  if (result.pass !== null) {
    rememberPass(c, result.campaignId, result.pass);
    forgetTouches(c, result.campaignId);
  }
  if (result.application !== null) {
    rememberApplication(c, result.campaignId, result.application);
    lookOnceMore(ports, result.application);
  }
  if (wantsJson(c)) return c.json(answer);
  if (result.application !== null) return c.redirect(`/a/${result.application}?lang=${locale}`, 303);
  if (result.pass !== null) return c.redirect(`/p/${result.pass}?lang=${locale}`, 303);
  const { outcome, reasons } = answer;
  const sent = typed ?? new URLSearchParams();
  if (outcome === "rejected" || outcome === "pending") {
    const landing = await showAgain(ports, result.arrival, input.ticket);
    // A proof that did not do is not sent again.
    if (reasons.some(({ next }) => next?.kind === "proof")) sent.delete("proof");
    const nonce = newNonce(ports, landing.challenge);
    const page = { landing, nonce, locale, title: OUTCOME_TITLES[outcome], reasons, typed: sent };
    return c.html(<AgainPage {...page} />, 200, gateHeaders(landing.challenge, nonce));
  }
  return c.html(<OutcomePage answer={answer} locale={locale} path={`/i/${code}`} typed={sent} />);
});

publicPages.get("/p/:pass", async (c) => {
  const page = await openPass(c.get("ports"), c.req.param("pass"));
  const locale = c.req.query("lang") || !page.community.locale ? localeOf(c) : page.community.locale;
  for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value);
  const { code, token } = page.invite;
  const url = inviteUrl(originOf(c), code, token);
  if (wantsJson(c)) {
    const group = page.group && presentSeat(page.group, passUrl(originOf(c), c.req.param("pass")));
    const participant = { ...page.participant, joinedAt: iso(page.participant.joinedAt) };
    const seat = { ...page.seat, until: iso(page.seat.until) };
    const warning = page.warning && presentWarning(page.warning, locale);
    const { boardIsPublic, waitlistPosition, ...rest } = page;
    const waitlist = waitlistPosition === null ? null : { position: waitlistPosition };
    const board = boardIsPublic ? boardUrl(originOf(c), page.campaign.id) : null;
    return c.json({ ...rest, participant, seat, group, warning, waitlist, invite: { code, url }, board });
  }
  return c.html(<SeatPage page={page} locale={locale} path={`/p/${c.req.param("pass")}`} inviteUrl={url} />);
});

/** The person asks for a seat where theirs is none any more, or comes back; then their page says. */
publicPages.post("/p/:pass/seat", async (c) => {
  const pass = c.req.param("pass");
  await askSeat(c.get("ports"), pass);
  const lang = c.req.query("lang");
  return c.redirect(`/p/${pass}${lang === undefined ? "" : `?lang=${pickLocale(lang)}`}`, 303);
});

/** The uploaded QR code of the person's group, which may be replaced at any time. */
publicPages.get("/p/:pass/group-qr", async (c) =>
  storedPicture(c, await groupQrOfPass(c.get("ports"), c.req.param("pass")), "private, no-cache"),
);

publicPages.get("/p/:pass/qr.png", async (c) => {
  const style = qrQuery.safeParse(c.req.query());
  if (!style.success) throw invalid(style.error.issues, "query");
  const { code, token } = (await openPass(c.get("ports"), c.req.param("pass"))).invite;
  const logoOf = () => logoOfInvite(c.get("ports"), { code });
  return qrResponse(c, inviteQrText(originOf(c), code, token), "png", style.data, "no-store", logoOf);
});

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
