import type { Context, Next } from "hono";
import { type Actor, keyIsLive } from "../../domain/key.ts";
import { Problem } from "../../domain/problem.ts";
import { authenticate as findActor } from "../../services/keys.ts";
import type { Ports } from "../../runtime/ports.ts";
import type { Env } from "../env.ts";

/** How long a process may go on trusting a key that another process revoked, in milliseconds. */
export const KEY_CACHE_MS = 5_000;
const MAX_CACHED = 1000;

type Cached = Actor & { expiresAt?: number | null };

/** Demands a bearer key. A key that was just seen is not looked up again for a few seconds. */
export function authenticate() {
  const cache = new Map<string, { actor: Cached; until: number }>();
  /** After how many deletions each workspace had its last; `all`: of which it is not known any more. */
  const deletions = { count: 0, all: 0, last: new Map<string, number>() };
  const lookUp = async (ports: Ports, key: string, now: number): Promise<Actor> => {
    const asked = deletions.count;
    const actor: Cached = await findActor(ports, key);
    if (cache.size >= MAX_CACHED) cache.clear();
    // What was looked up before a revocation may already be wrong.
    const last = Math.max(deletions.all, deletions.last.get(actor.workspaceId) ?? 0);
    if (last <= asked) cache.set(key, { actor, until: now + KEY_CACHE_MS });
    return actor;
  };
  // A key revokes keys of its own workspace: all others may be trusted as before.
  const forget = (workspaceId: string) => {
    deletions.count++;
    if (deletions.last.size >= MAX_CACHED) {
      deletions.all = deletions.count;
      deletions.last.clear();
    }
    deletions.last.set(workspaceId, deletions.count);
    for (const [key, { actor }] of cache) if (actor.workspaceId === workspaceId) cache.delete(key);
  };
  // Not `async`: a key that is known costs no turn of the queue.
  return (c: Context<Env>, next: Next): Promise<void> => {
    const key = /^Bearer +(\S{1,200})$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    if (key === undefined) throw new Problem("unauthorized", "Send an API key: Authorization: Bearer <key>.");
    const ports = c.get("ports");
    const now = ports.now();
    const seen = cache.get(key);
    const proceed = (actor: Actor) => {
      c.set("actor", actor);
      // A key that revoked another, or itself, must not outlive it here.
      return c.req.method === "DELETE" ? next().then(() => forget(actor.workspaceId)) : next();
    };
    const known = seen !== undefined && seen.until > now && stillLive(seen.actor, now);
    return known ? proceed(seen.actor) : lookUp(ports, key, now).then(proceed);
  };
}

const stillLive = ({ expiresAt }: Cached, now: number): boolean =>
  keyIsLive({ expiresAt: expiresAt ?? null, revokedAt: null }, now);
