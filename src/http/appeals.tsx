import { type Context, Hono } from "hono";
import { appealInput } from "../domain/review.ts";
import { pickLocale, say } from "../domain/text.ts";
import {
  appealable,
  appealByApplication,
  appealByMember,
  appealRefused,
  openRemoval,
} from "../services/appeals.ts";
import { openApplication } from "../services/reapplying.ts";
import type { Env } from "./env.ts";
import { readForm } from "./form.ts";
import { localeOf, PAGE_HEADERS, wantsJson } from "./negotiate.ts";
import { AppealPage } from "./pages/appeal.tsx";
import { invalid } from "./validation.ts";

/** Where people appeal against a decision: against their rejection, and against being removed. */
export const appeals = new Hono<Env>();

appeals.get("/a/:pass/appeal", async (c) => {
  const pass = c.req.param("pass");
  const opened = await openApplication(c.get("ports"), pass);
  const against = appealable(opened);
  if (against.length === 0) throw appealRefused();
  const reasons = against.filter((reason) => reason !== null);
  const page = { title: opened.application.communityName, home: `/a/${pass}` };
  return c.html(<AppealPage {...page} against={reasons} locale={localeOf(c)} />, 200, PAGE_HEADERS);
});

appeals.get("/p/:pass/appeal", async (c) => {
  const pass = c.req.param("pass");
  const { warning, community } = await openRemoval(c.get("ports"), pass);
  const locale = localeOf(c);
  const against = warning.leaves.map(({ message }) => say(message, locale));
  const page = { title: community.name, home: `/p/${pass}`, against, locale };
  return c.html(<AppealPage {...page} />, 200, PAGE_HEADERS);
});

for (const [page, appeal] of [
  ["a", appealByApplication],
  ["p", appealByMember],
] as const) {
  appeals.post(`/${page}/:pass/appeal`, async (c) => {
    const pass = c.req.param("pass");
    await appeal(c.get("ports"), pass, await statementOf(c));
    for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value);
    if (wantsJson(c)) return c.json({ appeal: { state: "open" } }, 201);
    return c.redirect(`/${page}/${pass}?lang=${pickLocale(c.get("lang"), localeOf(c))}`, 303);
  });
}

/** The person's own words. */
async function statementOf(c: Context<Env>): Promise<string> {
  const { fields } = await readForm(c);
  const parsed = appealInput.safeParse(fields);
  if (!parsed.success) throw invalid(parsed.error.issues, "json");
  return parsed.data.statement;
}
