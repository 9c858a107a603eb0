import type { Id } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import type { ConfirmationSource, Told } from "../domain/seat.ts";
import { type Campaign, findCampaign } from "../store/campaigns.ts";
import { findParticipant, type Participant } from "../store/participants.ts";
import * as store from "../store/seats.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { seatsAppeared } from "./group-life.ts";
import { seatAnew } from "./seating.ts";

/** Runs a change of a participant of the caller, and answers how they stand afterwards. */
async function changing(
  call: Call,
  id: Id,
  change: (participant: Participant, campaign: Campaign) => Promise<void>,
): Promise<Participant> {
  demand(call, "write");
  const { db } = call.ports;
  const tenant = tenantOf(call);
  const before = found(await findParticipant(db, tenant, id), "participant");
  await change(before, found(await findCampaign(db, tenant, before.campaignId), "campaign"));
  return found(await findParticipant(db, tenant, id), "participant");
}

/** When it happened, and by which event: a clock that goes ahead of ours tells of now. */
const movementOf = ({ at, eventId }: Told, now: number) => ({
  at: Math.min(at ?? now, now),
  eventId: eventId ?? null,
});

/**
 * A connector or operator reports that the person left: the seat goes to whoever waits. An event that
 * was told before changes nothing, nor one that is older than what is known of the person.
 */
export const leaveCampaign = (call: Call, id: Id, told: Told = {}): Promise<Participant> =>
  changing(call, id, async (_, { communityId }) => {
    const { ports, actor } = call;
    const movement = { actor: actor.keyId, entryId: ports.newId(), ...movementOf(told, ports.now()) };
    await store.leave(ports.db, tenantOf(call), id, movement);
    await seatsAppeared(call, communityId);
  });

/** The person came back: they are seated again where a group is open and nobody waits. */
export const rejoinCampaign = (call: Call, id: Id, told: Told = {}): Promise<Participant> =>
  changing(call, id, (participant, campaign) => {
    const { ports, actor } = call;
    const tenant = { workspaceId: actor.workspaceId, campaignId: campaign.id };
    const movement = movementOf(told, ports.now());
    return seatAnew(ports, tenant, participant, campaign.settings.allocation, actor.keyId, movement);
  });

/**
 * The operator, or the carrier's event, confirms that the person took the seat.
 * @throws Problem `invalid_transition` when they have none: it lapsed, or they left
 */
export async function confirmParticipant(
  call: Call,
  id: Id,
  source: ConfirmationSource,
): Promise<Participant> {
  const { ports } = call;
  const confirm = () => store.confirmSeat(ports.db, tenantOf(call), id, source, ports.now());
  const participant = await changing(call, id, confirm);
  if (participant.seatState === "confirmed") return participant;
  throw new Problem("invalid_transition", "The person has no seat to confirm: it lapsed, or they left.");
}
