import type { Context } from "hono";
import { type Locale, pickLocale } from "../domain/text.ts";
import type { Env } from "./env.ts";

/** Whether the caller asks for JSON: it names `application/json` and does not name HTML before it. */
export function wantsJson(c: Context<Env>): boolean {
  const accept = c.req.header("Accept") ?? "";
  const json = accept.search(/application\/(problem\+)?json/);
  const html = accept.indexOf("text/html");
  return json >= 0 && (html < 0 || json < html);
}

/** The language for a person: `?lang=` before `Accept-Language`. */
export const localeOf = (c: Context<Env>): Locale =>
  pickLocale(c.req.query("lang") ?? c.req.header("Accept-Language"));

/** What a page may do: show itself, send its own form, and load images. */
export const PAGE_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
} as const;
