import { isOut } from "../domain/credit.ts";
import { type Id, parseId } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import { type DeedInput, MOVE_REASONS, type MoveFault, type MoveInput } from "../domain/standing.ts";
import type { Participant } from "../store/participants.ts";
import type { Deed } from "../store/standing/terms.ts";
import * as store from "../store/standing/verdicts.ts";
import { type Call, tenantOf } from "./call.ts";
import { foldInTurn } from "./following.ts";
import { seatsAppeared } from "./group-life.ts";
import { change, type ChangeWork } from "./membership.ts";
import { moveWithBoards } from "./moving.ts";
import { getParticipant } from "./participants.ts";
import { seatingOf } from "./seating.ts";

const deedOf = ({ ports, actor }: Call, { cause, eventId }: DeedInput): Deed => ({
  actor: actor.keyId,
  cause,
  entryId: ports.newId(),
  at: ports.now(),
  eventId: eventId ?? null,
});

/** Changes a participant as an operator does, and answers as who asks for them would be answered. */
async function byOperator(call: Call, id: Id, work: ChangeWork): Promise<Participant> {
  await change(call, id, work);
  return getParticipant(call, id);
}

/** Takes a referral back: it counts for nobody until it is restored. The person keeps their seat. */
export const voidReferral = (call: Call, id: Id, input: DeedInput): Promise<Participant> =>
  byOperator(call, id, () => store.voidReferral(call.ports.db, tenantOf(call), id, deedOf(call, input)));

/** Removes a person from the campaign: the seat goes to whoever waits, and only `restore` lets them back. */
export const removeParticipant = (call: Call, id: Id, input: DeedInput): Promise<Participant> =>
  byOperator(call, id, async (_, { communityId }) => {
    const { db, newId } = call.ports;
    await store.remove(db, tenantOf(call), id, deedOf(call, input), newId());
    await seatsAppeared(call, communityId);
  });

/** Takes `void` or `remove` back: who was removed is seated where a group is open and nobody waits. */
export const restoreParticipant = (call: Call, id: Id, input: DeedInput): Promise<Participant> =>
  byOperator(call, id, async ({ standing }, { id: campaignId, settings }) => {
    const { ports } = call;
    const wantsSeat = isOut(standing);
    const seating = wantsSeat ? await seatingOf(ports, campaignId, settings.allocation) : null;
    await store.restore(ports.db, tenantOf(call), id, deedOf(call, input), seating, ports.newId());
  });

/** Takes a person off all boards: they keep their score, and stand on none. Or lets them back on. */
export const disqualifyParticipant = (
  call: Call,
  id: Id,
  input: DeedInput,
  off: boolean,
): Promise<Participant> =>
  byOperator(call, id, async (_, { id: campaignId }) => {
    await store.disqualify(call.ports.db, tenantOf(call), id, deedOf(call, input), off);
    // The board ranks anew at once, not when it is next read.
    await foldInTurn(call.ports, campaignId);
  });

const moveProblem = (fault: MoveFault): Problem =>
  new Problem("invalid_move", "The person cannot be moved there.", [
    { path: "/inviterId", code: fault, message: MOVE_REASONS[fault] },
  ]);

/**
 * Has another person, or nobody, count as the inviter from now on: with the person go all below them.
 * @throws Problem `invalid_move`, whose `errors` says why
 */
export const moveParticipant = (call: Call, id: Id, input: MoveInput): Promise<Participant> =>
  byOperator(call, id, async (_, { id: campaignId }) => {
    const { inviterId: to } = input;
    if (to !== null && parseId("participant", to) === null) throw moveProblem("not_of_campaign");
    const request = { tenant: tenantOf(call), id, to, deed: deedOf(call, input) };
    const outcome = await moveWithBoards(call.ports, campaignId, request);
    if (outcome !== "moved" && outcome !== "unchanged") throw moveProblem(outcome);
  });
