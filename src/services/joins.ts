import { type Allocation, type Fallback, hasWaitlist, newSeat } from "../domain/allocation.ts";
import { closedBecause, type ClosedCode } from "../domain/campaign.ts";
import type { LeafResult } from "../domain/criteria/types.ts";
import { evaluate, type Evaluation, type Reason, reasonsOf } from "../domain/evaluate.ts";
import { type Id, idDigits } from "../domain/id.ts";
import { type GateInput, type JoinInput, neutralName, type Outcome } from "../domain/join.ts";
import { Problem } from "../domain/problem.ts";
import type { Locale } from "../domain/text.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Arrival } from "../store/arrival.ts";
import { admit, refuse } from "../store/join/admit.ts";
import { findStanding, type Standing } from "../store/join/standing.ts";
import type { Prospect } from "../store/join/terms.ts";
import { rejoin, reseat } from "../store/seats.ts";
import { hashAccessCode } from "./access-codes.ts";
import { arriveBy, inviteProblem, rotorOf } from "./arrivals.ts";
import { type Call, demand } from "./call.ts";
import { newCode } from "./codes.ts";
import { hashIdentity } from "./identities.ts";
import { readCode, unknownInvite } from "./invites.ts";
import { isRecoveryCode, passOf } from "./passes.ts";
import { readTicket } from "./tickets.ts";
import { promoteWaiting } from "./waitlist.ts";

/** What became of a prospect at the gate. Everything but the outcome is null for a stranger. */
export type JoinResult = {
  outcome: Outcome;
  campaignId: Id;
  participant: NonNullable<Standing["participant"]> | null;
  pass: string | null;
  /** The place on the waitlist, 1 for the first, for whoever may know it. */
  waitlistPosition: number | null;
  /** Why nobody is taken, when the outcome is `closed`. */
  closed: ClosedCode | "no_seats" | null;
  /** What the campaign offers whoever found no seat, beside the waitlist. */
  fallback: Exclude<Fallback, { kind: "waitlist" }>[];
  reasons: Reason[];
};

/** Whose pass the prospect's browser holds for a campaign; null when it holds none. */
export type HolderOf = (campaignId: Id) => Promise<Id | null>;

/** Who vouches for the identity: nobody but the form (`gate`), or a server with a key. */
type Via =
  | { kind: "gate"; input: GateInput; holderOf: HolderOf }
  | { kind: "server"; input: JoinInput; actor: Call["actor"] };

/** A prospect fills in the gate's form. */
export const joinAtGate = (
  ports: Ports,
  code: string,
  input: GateInput,
  holderOf: HolderOf,
  locale: Locale,
): Promise<JoinResult> => join(ports, code, { kind: "gate", input, holderOf }, locale);

/** A trusted server brings a prospect: same rules, same outcomes. */
export async function joinByServer(
  call: Call,
  campaignId: Id,
  input: JoinInput,
  locale: Locale,
): Promise<JoinResult> {
  demand(call, "write");
  return join(call.ports, input.invite, { kind: "server", input, actor: call.actor }, locale, campaignId);
}

/** Attempts before giving up when the gate or the codes change under a join again and again. */
const MAX_ROUNDS = 4;

async function join(
  ports: Ports,
  codeText: string,
  via: Via,
  locale: Locale,
  campaignId?: Id,
): Promise<JoinResult> {
  const { input } = via;
  const code = readCode(codeText);
  const codeHash = input.accessCode === undefined ? null : await hashAccessCode(ports, input.accessCode);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const arrival = await arriveBy(ports, code, codeHash);
    if (!mayReach(via, arrival, campaignId)) throw unknownInvite();
    const result = await attempt(ports, arrival, via, locale);
    if (result !== null) return result;
  }
  throw new Problem("busy", "The campaign is being changed right now. Try again.");
}

/** A server reaches the invites of its own workspace, and of the campaign that it names. */
function mayReach(via: Via, { invite, campaign }: Arrival, campaignId: Id | undefined): boolean {
  if (via.kind === "gate") return true;
  const { actor } = via;
  const bound = actor.campaignId === null || actor.campaignId === campaign.id;
  return bound && invite.workspaceId === actor.workspaceId && campaign.id === campaignId;
}

/** One try: decide on what was read, write one batch, and read off how things stand. */
async function attempt(ports: Ports, arrival: Arrival, via: Via, locale: Locale): Promise<JoinResult | null> {
  const { invite, campaign, community, gate } = arrival;
  const { input } = via;
  const { allocation } = campaign.settings;
  const now = ports.now();
  const identityHash = await hashIdentity(ports, invite.workspaceId, input.identity);
  const ticket = await ticketOf(ports, arrival, input.ticket);
  const prospect: Prospect = {
    workspaceId: invite.workspaceId,
    communityId: community.id,
    campaignId: campaign.id,
    inviteId: invite.id,
    identityHash,
    identityType: input.identity.type,
    attempt: randomInteger(ports),
    ticket: ticket.nonce,
    now,
  };
  const evaluation = evaluate(gate, {
    now,
    identityHash,
    acknowledged: input.acknowledged,
    answers: input.answers,
    accessCode: input.accessCode === undefined ? null : { found: arrival.accessCode },
  });
  const shut =
    closedBecause(campaign, now) !== null || inviteProblem(invite, now) !== null || ticket.fault !== null;
  const standing = shut
    ? await findStanding(ports.db, prospect)
    : await commit(ports, prospect, via, evaluation, campaign);
  const round = { ports, prospect, via, evaluation, locale, allocation, ticketFault: ticket.fault };
  return settle(round, shut ? standing : await seatNow(round, standing));
}

/** The ticket that was sent. A rotating invite asks for one, and for a fresh one: else `fault` says so. */
async function ticketOf(ports: Ports, arrival: Arrival, ticket: string | undefined) {
  const rotates = rotorOf(arrival) !== null;
  if (ticket === undefined) {
    const fault = rotates
      ? new Problem("ticket_required", "A rotating invite asks for the ticket of a scan.")
      : null;
    return { nonce: null, fault };
  }
  const { nonce, expired } = await readTicket(ports, arrival.invite.id, ticket);
  const fault =
    expired && rotates
      ? new Problem("ticket_expired", "The scan is too long ago. Scan the code again.")
      : null;
  return { nonce, fault };
}

/** The one batch: in, or the refusal kept. */
function commit(
  ports: Ports,
  prospect: Prospect,
  via: Via,
  evaluation: Evaluation,
  campaign: Arrival["campaign"],
) {
  const { allocation } = campaign.settings;
  const stored = {
    gateVersion: campaign.gateVersion,
    result: evaluation.result,
    leaves: evaluation.leaves.map(({ path, criterion, result, judgement }) => ({
      path,
      criterion,
      result,
      code: judgement.code,
    })),
  };
  if (evaluation.result !== "pass") return refuse(ports.db, prospect, stored, ports.newId());
  const code = newCode(ports);
  return admit(ports.db, {
    ...prospect,
    evaluation: stored,
    spends: evaluation.spends,
    displayName: via.input.displayName ?? neutralName(code),
    attributes: via.kind === "server" ? (via.input.attributes ?? null) : null,
    strategy: allocation.strategy,
    seat: newSeat(allocation, prospect.now),
    mayWait: hasWaitlist(allocation),
    code,
    actor: actorOf(via),
    newId: ports.newId,
  });
}

const actorOf = (via: Via): string => (via.kind === "server" ? via.actor.keyId : "gate");

/** Everything that one try knows. */
type Round = {
  ports: Ports;
  prospect: Prospect;
  via: Via;
  evaluation: Evaluation;
  locale: Locale;
  allocation: Allocation;
  ticketFault: Problem | null;
};

/**
 * The rare further steps, each a batch of its own: somebody who waits while a seat is free is promoted
 * in their turn; somebody who comes back, or whose seat is none any more, is seated anew.
 */
async function seatNow(round: Round, standing: Standing): Promise<Standing> {
  const { ports, prospect, via, allocation } = round;
  const { participant, waiting } = standing;
  if (!standing.seatFree) return standing;
  if (waiting !== null) await promoteWaiting(ports, prospect.campaignId, allocation);
  else if (participant !== null && (participant.seatDead || participant.leftAt !== null)) {
    if (!(await owns(ports, participant, prospect, via))) return standing;
    const { strategy } = allocation;
    const seating = { strategy, seat: newSeat(allocation, prospect.now), now: prospect.now };
    const tenant = { workspaceId: prospect.workspaceId, campaignId: prospect.campaignId };
    if (participant.seatDead) await reseat(ports.db, participant.id, seating);
    else await rejoin(ports.db, tenant, participant.id, actorOf(via), ports.newId(), seating);
  } else return standing;
  return findStanding(ports.db, prospect);
}

/** Reads the outcome off the standing; null when the world moved and the join must be tried anew. */
async function settle(round: Round, standing: Standing): Promise<JoinResult | null> {
  const { ports, prospect, via, evaluation, locale, allocation, ticketFault } = round;
  const { participant, waiting } = standing;
  const answer = (outcome: Outcome, more: Partial<JoinResult> = {}): JoinResult => ({
    outcome,
    campaignId: prospect.campaignId,
    participant: null,
    pass: null,
    waitlistPosition: null,
    closed: null,
    fallback: [],
    reasons: [],
    ...more,
  });
  if (participant !== null) {
    const mine = participant.attempt === prospect.attempt;
    if (mine || (await owns(ports, participant, prospect, via))) {
      const pass = await passOf(ports, participant.id);
      return answer(mine ? "joined" : "already_joined", {
        participant,
        pass,
        reasons: mine ? reasonsOf(evaluation, locale) : [],
      });
    }
  }
  if (standing.ticketTaken) {
    throw new Problem("ticket_spent", "This scan already let somebody in. Scan the code again.");
  }
  if (ticketFault !== null) throw ticketFault;
  const closed = closedBecause(standing.campaign, prospect.now);
  if (closed !== null) return answer("closed", { closed });
  const fallback = allocation.fallback.filter((offer) => offer.kind !== "waitlist");
  const ownsPlace = waiting !== null && (via.kind === "server" || isOwnPlace(waiting, prospect));
  const reasons = reasonsOf(evaluation, locale);
  // Who waits has passed the gate already.
  if (ownsPlace) return answer("waitlisted", { waitlistPosition: waiting.position, fallback });
  const fault = inviteProblem(standing.invite, prospect.now);
  if (fault !== null) throw fault;
  if (evaluation.result !== "pass") {
    const outcome: Record<Exclude<LeafResult, "pass">, Outcome> = { fail: "rejected", pending: "pending" };
    return answer(outcome[evaluation.result], { reasons });
  }
  if (participant !== null) return answer("already_joined");
  if (waiting !== null) return answer("waitlisted", { fallback });
  const turnedAway = !hasWaitlist(allocation) && !standing.seatFree;
  return turnedAway ? answer("closed", { closed: "no_seats", fallback }) : null;
}

/** Whether the caller has shown that the participant is theirs: key, ticket, browser or recovery code. */
async function owns(
  ports: Ports,
  participant: NonNullable<Standing["participant"]>,
  { ticket, campaignId }: Prospect,
  via: Via,
): Promise<boolean> {
  if (via.kind === "server") return true;
  if (ticket !== null && ticket === participant.ticket) return true;
  if ((await via.holderOf(campaignId)) === participant.id) return true;
  const { recoveryCode } = via.input;
  return recoveryCode !== undefined && isRecoveryCode(ports, participant.id, recoveryCode);
}

const isOwnPlace = (waiting: NonNullable<Standing["waiting"]>, { attempt, ticket }: Prospect): boolean =>
  waiting.attempt === attempt || (ticket !== null && waiting.ticket === ticket);

/** 52 random bits: tells one request from another. */
const randomInteger = ({ random }: Ports): number =>
  [...random(6)].reduce((value, byte) => value * 256 + byte, 0);

/** The name of the cookie by which a browser shows that it holds a campaign's pass. */
export const passCookie = (campaignId: Id): string => `qrove_${idDigits(campaignId)}`;
