import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { type Id, idDigits } from "../domain/id.ts";
import { readApplicationPass } from "../services/application-pass.ts";
import { readPass } from "../services/passes.ts";
import { type Env, originOf } from "./env.ts";

/** The cookies by which a browser shows that it holds a campaign's pass, or a pending application. */
export const passCookie = (campaignId: Id): string => `qrove_${idDigits(campaignId)}`;
const applicationCookie = (campaignId: Id): string => `qrove_a${idDigits(campaignId)}`;

/** Half a year: longer than most campaigns. */
const COOKIE_SECONDS = 180 * 24 * 3600;

/** Whose pass this browser holds for a campaign. */
export async function holderOf(c: Context<Env>, campaignId: Id): Promise<Id | null> {
  const pass = getCookie(c, passCookie(campaignId));
  return pass === undefined ? null : readPass(c.get("ports"), pass);
}

/** Whose pending application this browser holds for a campaign. */
export async function applicationOf(c: Context<Env>, campaignId: Id): Promise<Id | null> {
  const pass = getCookie(c, applicationCookie(campaignId));
  return pass === undefined ? null : readApplicationPass(c.get("ports"), pass);
}

export const rememberPass = (c: Context<Env>, campaignId: Id, pass: string): void =>
  remember(c, passCookie(campaignId), pass);

export const rememberApplication = (c: Context<Env>, campaignId: Id, pass: string): void =>
  remember(c, applicationCookie(campaignId), pass);

function remember(c: Context<Env>, name: string, value: string): void {
  setCookie(c, name, value, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: originOf(c).startsWith("https:"),
    maxAge: COOKIE_SECONDS,
  });
}
