import { type Allocation, newSeat } from "../domain/allocation.ts";
import type { Id } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { promoteFirst } from "../store/join/promote.ts";
import { reseatFirst } from "../store/reseating.ts";

/** People who are promoted in one batch. */
const A_BATCH = 100;
/** Batches in one go at the most: a Worker has so many statements an invocation. The job takes the rest. */
const MAX_BATCHES = 10;

/**
 * Gives the free seats of a campaign to the people who wait, in their order.
 * @returns how many got one
 */
export async function promoteWaiting(ports: Ports, campaignId: Id, allocation: Allocation): Promise<number> {
  let promoted = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const now = ports.now();
    const seating = { strategy: allocation.strategy, seat: newSeat(allocation, now), now };
    const { seated, next } = await promoteFirst(ports.db, {
      ...seating,
      campaignId,
      codes: Array.from({ length: A_BATCH }, () => ports.newCode()),
      newId: ports.newId,
    });
    promoted += seated;
    if (next.length > 0) {
      const again = await reseatFirst(ports.db, { ...seating, campaignId, ids: next, newId: ports.newId });
      // Where it is not done, somebody else did it, or the seats are gone: the next one sees how it is then.
      if (again === 0) break;
      promoted += again;
    } else if (seated < A_BATCH) break;
  }
  return promoted;
}
