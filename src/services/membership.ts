import { newSeat } from "../domain/allocation.ts";
import type { Id } from "../domain/id.ts";
import type { ConfirmationSource } from "../domain/seat.ts";
import { findCampaign } from "../store/campaigns.ts";
import { findParticipant, type Participant } from "../store/participants.ts";
import * as store from "../store/seats.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { promoteWaiting } from "./waitlist.ts";

/** Runs a change of a participant of the caller, and answers how they stand afterwards. */
async function changing(
  call: Call,
  id: Id,
  change: (
    allocation: NonNullable<Awaited<ReturnType<typeof findCampaign>>>["settings"]["allocation"],
  ) => Promise<void>,
  freesSeat = false,
): Promise<Participant> {
  demand(call, "write");
  const { ports } = call;
  const tenant = tenantOf(call);
  const before = found(await findParticipant(ports.db, tenant, id), "participant");
  const campaign = found(await findCampaign(ports.db, tenant, before.campaignId), "campaign");
  await change(campaign.settings.allocation);
  if (freesSeat) await promoteWaiting(ports, campaign.id, campaign.settings.allocation);
  return found(await findParticipant(ports.db, tenant, id), "participant");
}

/** A connector or operator reports that the person left: the seat goes to whoever waits. */
export const leaveCampaign = (call: Call, id: Id): Promise<Participant> => {
  const { ports, actor } = call;
  const change = () => store.leave(ports.db, tenantOf(call), id, actor.keyId, ports.newId(), ports.now());
  return changing(call, id, change, true);
};

/** The person came back: they are seated again where a group is open. */
export const rejoinCampaign = (call: Call, id: Id): Promise<Participant> => {
  const { ports, actor } = call;
  return changing(call, id, (allocation) => {
    const now = ports.now();
    const seating = { strategy: allocation.strategy, seat: newSeat(allocation, now), now };
    return store.rejoin(ports.db, tenantOf(call), id, actor.keyId, ports.newId(), seating);
  });
};

/** The operator, or the carrier's event, confirms that the person took the seat. */
export const confirmParticipant = (call: Call, id: Id, source: ConfirmationSource): Promise<Participant> =>
  changing(call, id, () => store.confirmSeat(call.ports.db, tenantOf(call), id, source, call.ports.now()));
