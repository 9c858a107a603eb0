import { createMiddleware } from "hono/factory";
import { type Actor, keyIsLive } from "../../domain/key.ts";
import { Problem } from "../../domain/problem.ts";
import { authenticate as findActor } from "../../services/keys.ts";
import type { Env } from "../env.ts";

/** How long a process may go on trusting a key that another process revoked, in milliseconds. */
export const KEY_CACHE_MS = 5_000;
const MAX_CACHED = 1000;

type Cached = Actor & { expiresAt?: number | null };

/** Demands a bearer key. A key that was just seen is not looked up again for a few seconds. */
export function authenticate() {
  const cache = new Map<string, { actor: Cached; until: number }>();
  let generation = 0;
  return createMiddleware<Env>(async (c, next) => {
    const key = /^Bearer +(\S{1,200})$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    if (key === undefined) throw new Problem("unauthorized", "Send an API key: Authorization: Bearer <key>.");
    const ports = c.get("ports");
    const now = ports.now();
    let seen = cache.get(key);
    if (seen === undefined || seen.until <= now || !stillLive(seen.actor, now)) {
      const asked = generation;
      seen = { actor: await findActor(ports, key), until: now + KEY_CACHE_MS };
      if (cache.size >= MAX_CACHED) cache.clear();
      // What was looked up before a revocation may already be wrong.
      if (asked === generation) cache.set(key, seen);
    }
    c.set("actor", seen.actor);
    await next();
    // A key that revoked another, or itself, must not outlive it here.
    if (c.req.method === "DELETE") {
      generation++;
      cache.clear();
    }
  });
}

const stillLive = ({ expiresAt }: Cached, now: number): boolean =>
  keyIsLive({ expiresAt: expiresAt ?? null, revokedAt: null }, now);
