import { isOut } from "../domain/credit.ts";
import type { Id } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import type { ConfirmationSource, Told } from "../domain/seat.ts";
import { type Campaign, findCampaign } from "../store/campaigns.ts";
import { findParticipant, type Participant } from "../store/participants.ts";
import { confirmSeat } from "../store/seats.ts";
import { leave, type Movement, rejoin } from "../store/standing/movements.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { foldSoon } from "./following.ts";
import { seatsAppeared } from "./group-life.ts";
import { seatingOf } from "./seating.ts";

/** What a change does, given how all stands before it. */
export type ChangeWork = (participant: Participant, campaign: Campaign) => Promise<void>;

/** Changes a participant of the caller; the boards follow soon. */
export async function change(call: Call, id: Id, work: ChangeWork): Promise<void> {
  demand(call, "write");
  const { ports } = call;
  const tenant = tenantOf(call);
  const before = found(await findParticipant(ports.db, tenant, id), "participant");
  await work(before, found(await findCampaign(ports.db, tenant, before.campaignId), "campaign"));
  foldSoon(ports, before.campaignId);
}

/** Changes a participant as connectors do, many at once: what they count for is answered as it was folded. */
async function byConnector(call: Call, id: Id, work: ChangeWork): Promise<Participant> {
  await change(call, id, work);
  return found(await findParticipant(call.ports.db, tenantOf(call), id), "participant");
}

/** When it happened, and by which event: a clock that goes ahead of ours tells of now. */
const movementOf = ({ ports, actor }: Call, { at, eventId }: Told): Movement => {
  const now = ports.now();
  return {
    actor: actor.keyId,
    at: at === undefined || at > now ? null : at,
    eventId: eventId ?? null,
    now,
  };
};

/**
 * A connector or operator reports that the person left: the seat goes to whoever waits. Events with an id may
 * come twice, late and in any order: what holds follows from all of them and their times.
 */
export const leaveCampaign = (call: Call, id: Id, told: Told = {}): Promise<Participant> =>
  byConnector(call, id, async (_, { communityId }) => {
    const { db, newId } = call.ports;
    await leave(db, tenantOf(call), id, movementOf(call, told), newId);
    await seatsAppeared(call, communityId);
  });

/**
 * The person came back: they are seated again where a group is open and nobody waits.
 * @throws Problem `participant_removed`; an event with an id is kept all the same
 */
export async function rejoinCampaign(call: Call, id: Id, told: Told = {}): Promise<Participant> {
  const { ports } = call;
  const participant = await byConnector(call, id, async (_, campaign) => {
    const movement = movementOf(call, told);
    const seating = await seatingOf(ports, campaign.id, campaign.settings.allocation);
    await rejoin(ports.db, tenantOf(call), id, movement, seating, ports.newId);
  });
  if (!isOut(participant.standing)) return participant;
  throw new Problem("participant_removed", "The person was removed. Restore them first.");
}

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
  const confirm = () => confirmSeat(ports.db, tenantOf(call), id, source, ports.now());
  const participant = await byConnector(call, id, confirm);
  if (participant.seatState === "confirmed") return participant;
  throw new Problem("invalid_transition", "The person has no seat to confirm: it lapsed, or they left.");
}
