import { type Context, Hono } from "hono";
import { CODE_MS, codeInput, contactInput, RESEND_MS } from "../domain/contact.ts";
import { reasonsOf } from "../domain/evaluate.ts";
import { Problem } from "../domain/problem.ts";
import { reopenInvite } from "../services/arrivals.ts";
import { sendContactCode } from "../services/contacts.ts";
import { readCode } from "../services/invites.ts";
import { sendCodeByPass, tryCodeByPass } from "../services/applicant-codes.ts";
import type { Env } from "./env.ts";
import { readForm } from "./form.ts";
import { gateHeaders, newNonce } from "./gate-page.ts";
import { localeOf, PAGE_HEADERS, wantsJson } from "./negotiate.ts";
import { AgainPage } from "./pages/again.tsx";
import { ContactPage } from "./pages/contact.tsx";
import { mistakesIn } from "./pages/mistakes.ts";
import { WORDS } from "./pages/words.ts";
import { invalid } from "./validation.ts";

/** Where one-time codes are asked for. The answer is the same whether or not one was sent. */
export const contacts = new Hono<Env>();

const accepted = (c: Context<Env>) =>
  c.json({ expiresInSeconds: CODE_MS / 1000, resendAfterSeconds: RESEND_MS / 1000 }, 202, {
    "Cache-Control": "no-store",
  });

/** Of a gate's form, what asks for a code. */
const asking = (fields: unknown) => {
  const { identity, ticket, proof } = fields as Record<string, unknown>;
  return { identity, ticket, proof };
};

contacts.post("/i/:code/contact", async (c) => {
  const ports = c.get("ports");
  const code = readCode(c.req.param("code"));
  const { fields, typed } = await readForm(c);
  const parsed = contactInput.safeParse(typed === null ? fields : asking(fields));
  if (parsed.data?.lang !== undefined) c.set("lang", parsed.data.lang);
  const locale = localeOf(c);
  let problem = parsed.success ? null : invalid(parsed.error.issues, "json");
  if (parsed.success) {
    try {
      await sendContactCode(ports, code, parsed.data, locale);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "invalid_request") throw error;
      problem = error;
    }
  }
  if (typed === null || wantsJson(c)) {
    if (problem !== null) throw problem;
    return accepted(c);
  }
  typed.delete("contactCode");
  const landing = await reopenInvite(ports, code, typed.get("ticket") || undefined);
  const nonce = newNonce(ports, landing.challenge);
  const told =
    problem === null
      ? { title: WORDS.codeTitle, note: WORDS.codeNote }
      : { title: WORDS.again, mistakes: mistakesIn(problem.errors, typed, locale), code: problem.code };
  const page = <AgainPage landing={landing} locale={locale} typed={typed} nonce={nonce} {...told} />;
  return c.html(page, problem === null ? 202 : 400, gateHeaders(landing.challenge, nonce));
});

/** A page for somebody whose gate is pending: their identity is known. */
contacts.get("/a/:pass/contact", (c) => {
  const locale = localeOf(c);
  return c.html(<ContactPage path={`/a/${c.req.param("pass")}`} locale={locale} />, 200, PAGE_HEADERS);
});

contacts.post("/a/:pass/contact", async (c) => {
  const pass = c.req.param("pass");
  const locale = localeOf(c);
  await sendCodeByPass(c.get("ports"), pass, locale);
  if (wantsJson(c)) return accepted(c);
  return c.html(<ContactPage path={`/a/${pass}`} locale={locale} note={WORDS.codeNote} />, 202, PAGE_HEADERS);
});

contacts.post("/a/:pass/code", async (c) => {
  const pass = c.req.param("pass");
  const { fields } = await readForm(c);
  const locale = localeOf(c);
  const parsed = codeInput.safeParse(fields);
  if (!parsed.success) throw invalid(parsed.error.issues, "json");
  const tried = await tryCodeByPass(c.get("ports"), pass, parsed.data.contactCode ?? "");
  const reasons =
    tried === null ? [] : reasonsOf(tried, locale).filter(({ code }) => code.startsWith("contact_"));
  if (wantsJson(c)) return c.json({ verified: tried === null, reasons }, 200, PAGE_HEADERS);
  if (tried === null) return c.redirect(`/a/${pass}?lang=${locale}`, 303);
  return c.html(<ContactPage path={`/a/${pass}`} locale={locale} reasons={reasons} />, 200, PAGE_HEADERS);
});
