import { type Allocation, hasWaitlist, newSeat } from "../domain/allocation.ts";
import type { Id } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { reseat, type Seating } from "../store/seats.ts";
import { rejoin } from "../store/standing/movements.ts";
import { promoteWaiting } from "./waitlist.ts";

/**
 * What gives somebody a seat of a campaign right now. The people who wait come first: they are seated
 * here, and a seat is theirs until nobody waits.
 */
export async function seatingOf(ports: Ports, campaignId: Id, allocation: Allocation): Promise<Seating> {
  await promoteWaiting(ports, campaignId, allocation);
  const now = ports.now();
  return {
    strategy: allocation.strategy,
    seat: newSeat(allocation, now),
    mayWait: hasWaitlist(allocation),
    now,
  };
}

/** Seats a participant anew who left, or whose seat is none any more. */
export async function seatAnew(
  ports: Ports,
  tenant: { workspaceId: Id; campaignId: Id },
  { id, leftAt }: { id: Id; leftAt: number | null },
  allocation: Allocation,
  actor: string,
): Promise<void> {
  const { db, newId } = ports;
  const seating = await seatingOf(ports, tenant.campaignId, allocation);
  if (leftAt === null) return void (await reseat(db, id, seating, newId()));
  const movement = { actor, at: null, eventId: null, now: seating.now };
  return rejoin(db, tenant, id, movement, seating, newId);
}
