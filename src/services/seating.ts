import { type Allocation, newSeat } from "../domain/allocation.ts";
import type { Id } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { rejoin, reseat } from "../store/seats.ts";
import { promoteWaiting } from "./waitlist.ts";

/**
 * Seats a participant anew who left, or whose seat is none any more. The people who wait come first:
 * a seat is theirs until nobody waits.
 * @param movement the event that told of the return, where there was one
 */
export async function seatAnew(
  ports: Ports,
  tenant: { workspaceId: Id; campaignId: Id },
  { id, leftAt }: { id: Id; leftAt: number | null },
  allocation: Allocation,
  actor: string,
  movement: { at: number; eventId: string | null } = { at: ports.now(), eventId: null },
): Promise<void> {
  await promoteWaiting(ports, tenant.campaignId, allocation);
  const now = ports.now();
  const seating = { strategy: allocation.strategy, seat: newSeat(allocation, now), now };
  if (leftAt === null) return reseat(ports.db, id, seating, ports.newId());
  const returned = { actor, entryId: ports.newId(), ...movement };
  return rejoin(ports.db, tenant, id, returned, seating, ports.newId());
}
