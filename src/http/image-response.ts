import type { Context } from "hono";
import type { Env } from "./env.ts";

/** Raised when the same inputs begin to be drawn otherwise: what clients hold is then out of date. */
const DRAWING = "1";

type Answer = { type: string; caching: string; headers?: Record<string, string> };

/** A picture may be opened by itself: an SVG then runs nothing and loads nothing. */
const SAFE = {
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  "X-Content-Type-Options": "nosniff",
};

/**
 * A picture that follows from `inputs` alone: its strong ETag is their hash, so that who holds it
 * already is answered with 304 before anything is drawn. `no-store` has no ETag.
 */
export async function imageResponse(
  c: Context<Env>,
  inputs: readonly (string | number | null)[],
  { type, caching, headers }: Answer,
  draw: () => Promise<Uint8Array<ArrayBuffer> | string> | string | Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const all: Record<string, string> = { ...SAFE, ...headers, "Content-Type": type, "Cache-Control": caching };
  if (caching !== "no-store") {
    all["ETag"] = await etagOf([DRAWING, type, ...inputs]);
    if (etagMatches(c.req.header("If-None-Match"), all["ETag"])) {
      delete all["Content-Type"];
      return c.body(null, 304, all);
    }
  }
  return c.body(await draw(), 200, all);
}

async function etagOf(inputs: readonly (string | number | null)[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(inputs));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `"${[...digest.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
}

/** RFC 9110, section 13.1.2: any of a list, weak or strong, or `*`. */
export const etagMatches = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  (header.trim() === "*" || header.split(",").some((tag) => bare(tag) === bare(etag)));

const bare = (tag: string): string => tag.trim().replace(/^W\//, "");
