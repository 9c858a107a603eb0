import { type Allocation, newSeat } from "../domain/allocation.ts";
import type { Id } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { promoteFirst } from "../store/join/promote.ts";
import { newCode } from "./codes.ts";

/** People who are promoted in one go at the most; the job takes the rest. */
const MAX_AT_ONCE = 100;

/**
 * Gives the free seats of a campaign to the people who wait, in their order.
 * @returns how many got one
 */
export async function promoteWaiting(ports: Ports, campaignId: Id, allocation: Allocation): Promise<number> {
  for (let promoted = 0; promoted < MAX_AT_ONCE; promoted++) {
    const now = ports.now();
    const more = await promoteFirst(ports.db, {
      campaignId,
      strategy: allocation.strategy,
      seat: newSeat(allocation, now),
      code: newCode(ports),
      now,
      newId: ports.newId,
    });
    if (!more) return promoted;
  }
  return MAX_AT_ONCE;
}
