import type { Context } from "hono";
import { kindOf } from "../domain/scan.ts";
import type { Landing } from "../services/arrivals.ts";
import { recordScan } from "../services/scans.ts";
import type { Env } from "./env.ts";
import { touchCookies } from "./touches.ts";

/** Where browsers say that nobody looks yet. */
const PURPOSES = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];

/** No browser's is longer; more would only cost time. */
const MAX_USER_AGENT = 512;

/**
 * Keeps the arrival that a landing page answers: as a scan of nobody in particular, and in a person's own
 * browser. Await it before the answer: whether it waits for the database is the host's choice. It is no
 * round trip of the request's own (`X-Round-Trips`): on Node one write is shared by all pages of a moment,
 * on Workers it comes after the answer.
 * @returns the lines of Set-Cookie with which the browser remembers it
 */
export async function scanned(c: Context<Env>, landing: Landing): Promise<string[]> {
  const ports = c.get("ports");
  const signs = {
    method: c.req.method,
    userAgent: (c.req.header("User-Agent") ?? "").slice(0, MAX_USER_AGENT),
    purposes: PURPOSES.flatMap((name) => c.req.header(name) ?? []),
  };
  const kind = kindOf(signs);
  const visit = {
    ...ports.clientOf(c.req.raw, c.env),
    userAgent: signs.userAgent,
    language: c.req.header("Accept-Language") ?? "",
    kind,
  };
  const recorded = recordScan(ports, landing, visit);
  const cookies = await touchCookies(c, landing, kind);
  await recorded;
  return cookies;
}
