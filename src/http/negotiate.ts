import type { Context } from "hono";
import type { IdentityType } from "../domain/identity.ts";
import { type Locale, pickLocale } from "../domain/text.ts";
import type { Env } from "./env.ts";

/** The body's type, without its parameters. */
export const contentType = (c: Context<Env>): string | undefined =>
  c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();

/**
 * Whether the caller asks for JSON: it names `application/json` and does not name HTML before it. Who
 * sends JSON and asks for nothing, as curl does, wants JSON back.
 */
export function wantsJson(c: Context<Env>): boolean {
  const accept = c.req.header("Accept") ?? "";
  const json = accept.search(/application\/(problem\+)?json/);
  const html = accept.indexOf("text/html");
  if (json < 0 && html < 0) return contentType(c) === "application/json";
  return json >= 0 && (html < 0 || json < html);
}

/**
 * The language for a person: that of the form they sent, else `?lang=`, else the best of
 * `Accept-Language` that we speak, else `fallback`.
 */
export const localeOf = (c: Context<Env>, fallback: Locale | null = null): Locale =>
  pickLocale(
    c.get("lang") ?? c.req.query("lang"),
    pickLocale(c.req.header("Accept-Language"), fallback ?? "en"),
  );

/** How somebody is most likely known: WeChat's browser says so itself, else it goes by the language. */
export function likelyIdentity(c: Context<Env>, locale: Locale): IdentityType {
  if (c.req.header("User-Agent")?.includes("MicroMessenger")) return "wechat";
  return locale === "zh-CN" ? "phone" : "email";
}

/** What a page may do: show itself, send its own form, and load images. */
export const PAGE_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
} as const;
