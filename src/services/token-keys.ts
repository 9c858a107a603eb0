import { Problem } from "../domain/problem.ts";
import { KEY_OVERLAP_MS } from "../domain/token.ts";
import * as store from "../store/token-keys.ts";
import { type Call, demand, tenantOf } from "./call.ts";

/**
 * Moves the workspace to a new token key. The one before it is good for ten more minutes; a second
 * rotation within them would kill the codes on screens, so it is refused.
 */
export async function rotateTokenKey(call: Call): Promise<{ version: number; rotatedAt: number | null }> {
  demand(call, "admin", "workspace");
  const { db, now } = call.ports;
  const rotated = await store.rotateTokenKey(db, tenantOf(call), now(), KEY_OVERLAP_MS);
  if (rotated !== undefined) return rotated;
  throw new Problem("conflict", "The key was rotated less than ten minutes ago.");
}
