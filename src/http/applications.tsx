import { Hono } from "hono";
import { reasonsOf } from "../domain/evaluate.ts";
import { pickLocale } from "../domain/text.ts";
import { standOf } from "../services/appeals.ts";
import { openApplication, reapplyByPass } from "../services/reapplying.ts";
import { rememberPass } from "./browser.ts";
import { type Env, originOf } from "./env.ts";
import { applicationUrl, passUrl } from "./links.ts";
import { localeOf, PAGE_HEADERS, wantsJson } from "./negotiate.ts";
import { ApplicationPage } from "./pages/application.tsx";

/** The page of somebody whose gate is pending. The link is the key; it shows nothing of anybody else. */
export const applications = new Hono<Env>();

applications.get("/a/:pass", async (c) => {
  const ports = c.get("ports");
  const text = c.req.param("pass");
  const opened = await openApplication(ports, text);
  const { application, evaluation, pass } = opened;
  const { id, state, campaignId, waiting, campaignName, communityName, timezone, createdAt } = application;
  const locale = c.req.query("lang") ? localeOf(c) : opened.sent.locale;
  for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value);
  const reasons = evaluation === null ? [] : reasonsOf(evaluation, locale);
  const stand = standOf(opened);
  if (wantsJson(c)) {
    return c.json({
      id,
      state,
      waiting,
      url: applicationUrl(originOf(c), text),
      pass: pass && passUrl(originOf(c), pass),
      reasons,
      mayApply: stand.mayApply,
      mayAppeal: stand.mayAppeal,
      appeal: stand.appeal,
      decisionBy: stand.decisionBy && new Date(stand.decisionBy).toISOString(),
    });
  }
  if (pass !== null) {
    rememberPass(c, campaignId, pass);
    return c.redirect(`/p/${pass}?lang=${locale}`, 303);
  }
  return c.html(
    <ApplicationPage
      page={{
        id,
        state,
        waiting,
        campaignName,
        communityName,
        timezone,
        appliedAt: createdAt,
        reasons,
        ready: evaluation?.result === "pass",
        ...stand,
        now: ports.now(),
      }}
      locale={locale}
      path={`/a/${text}`}
    />,
  );
});

/** The person asks to be looked at again; then their page says. */
applications.post("/a/:pass", async (c) => {
  const pass = c.req.param("pass");
  await reapplyByPass(c.get("ports"), pass);
  const lang = c.req.query("lang");
  return c.redirect(`/a/${pass}${lang === undefined ? "" : `?lang=${pickLocale(lang)}`}`, 303);
});
