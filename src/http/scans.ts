import type { Context } from "hono";
import { recordScan } from "../services/scans.ts";
import type { Env } from "./env.ts";

/** Where browsers say that nobody looks yet. */
const PURPOSES = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];

/** No browser's is longer; more would only cost time. */
const MAX_USER_AGENT = 512;

/**
 * Keeps the arrival that a landing page answers. Await it before the answer: whether it waits for
 * the database is the host's choice. It is no round trip of the request's own (`X-Round-Trips`): on
 * Node one write is shared by all pages of a moment, on Workers it comes after the answer.
 */
export function scanned(c: Context<Env>, landing: Parameters<typeof recordScan>[1]): Promise<void> {
  const ports = c.get("ports");
  return recordScan(ports, landing, {
    ...ports.clientOf(c.req.raw, c.env),
    method: c.req.method,
    userAgent: (c.req.header("User-Agent") ?? "").slice(0, MAX_USER_AGENT),
    language: c.req.header("Accept-Language") ?? "",
    purposes: PURPOSES.flatMap((name) => c.req.header(name) ?? []),
  });
}
