import { type Allocation, type Fallback, hasWaitlist } from "../domain/allocation.ts";
import type { Touch } from "../domain/attribution.ts";
import { closedBecause, type ClosedCode } from "../domain/campaign.ts";
import type { LeafResult } from "../domain/criteria/types.ts";
import { type Evaluation, type Reason, reasonsOf } from "../domain/evaluate.ts";
import type { Id } from "../domain/id.ts";
import type { GateInput, JoinInput, Outcome } from "../domain/join.ts";
import { Problem } from "../domain/problem.ts";
import type { Locale } from "../domain/text.ts";
import type { Ports } from "../runtime/ports.ts";
import { findStanding, type Standing } from "../store/join/standing.ts";
import type { Prospect } from "../store/join/terms.ts";
import type { OwnApplication } from "../store/join/refuse.ts";
import { applicationPass } from "./application-pass.ts";
import { inviteProblem } from "./arrivals.ts";
import type { Call } from "./call.ts";
import { isRecoveryCode, passOf } from "./passes.ts";
import { seatAnew } from "./seating.ts";
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
  /** The pass of the application, for its sender, while the gate is pending. */
  application: string | null;
};

/** What the prospect's browser carries. */
export type Browser = {
  /** Whose pass it holds for a campaign; null when it holds none. */
  holderOf: (campaignId: Id) => Promise<Id | null>;
  /** The invites of a campaign that were opened in it, oldest first. */
  touchesOf: (campaignId: Id) => Promise<Touch[]>;
  /** Whose pending application it holds for a campaign; null when it holds none. */
  applicationOf: (campaignId: Id) => Promise<Id | null>;
  /** Two letters, as the edge says; null when nobody knows. */
  country: string | null;
};

/**
 * An application that is judged again: who sent it was looked at then. `asked`: its sender wants it now, else
 * it is done for them. `dueAt`: as it was read.
 */
export type Applied = {
  id: Id;
  ticket: string;
  scannedAt: number | null;
  asked: boolean;
  dueAt: number | null;
  /** What its sender proved then. */
  proved: Proved;
};

/** What somebody proved once, and need not again: that they read what is sent to them, and are no machine. */
export type Proved = { contact: boolean; human: boolean };

/** Who vouches for the identity: nobody but the form (`gate`), or a server with a key. */
export type Via =
  | { kind: "gate"; input: GateInput; browser: Browser; applied?: Applied }
  | { kind: "server"; input: JoinInput; actor: Call["actor"]; applied?: Applied };

/** Who stands behind a join in the ledger. */
export const actorOf = (via: Via): string => (via.kind === "server" ? via.actor.keyId : "gate");

/** Everything that one try knows. */
export type Round = {
  ports: Ports;
  prospect: Prospect;
  via: Via;
  evaluation: Evaluation;
  /** A code that was sent to the identity came back: it is theirs. */
  shown: boolean;
  locale: Locale;
  allocation: Allocation;
  /** The pending application that stands for this identity, whoever sent it. */
  application: OwnApplication | null;
  /** What is wrong with the ticket or a code that was named: of no account to who is in already. */
  fault: Problem | null;
};

/**
 * The rare further steps, each a batch of its own: somebody who waits while a seat is free is promoted
 * in their turn; somebody who comes back, or whose seat is none any more, is seated anew.
 */
export async function seatNow(round: Round, standing: Standing): Promise<Standing> {
  const { ports, prospect, allocation, evaluation, via } = round;
  const { participant, waiting } = standing;
  if (participant === null) {
    if (!standing.seatFree) return standing;
    // A newcomer who found others before them, where nobody may wait any more, comes after those.
    const behind = standing.queue && evaluation.result === "pass";
    if (waiting === null && !behind) return standing;
    await promoteWaiting(ports, prospect.campaignId, allocation);
  } else {
    // Where none is free they wait: as newcomers do, where people may, and but once.
    const mayAsk = standing.seatFree || (hasWaitlist(allocation) && waiting === null);
    if (!mayAsk || !participant.seatDead || !(await owns(round, participant))) return standing;
    const tenant = { workspaceId: prospect.workspaceId, campaignId: prospect.campaignId };
    await seatAnew(ports, tenant, participant, allocation, actorOf(via));
  }
  return findStanding(ports.db, prospect);
}

/** Reads the outcome off the standing; null when the world moved and the join must be tried anew. */
export async function settle(round: Round, standing: Standing): Promise<JoinResult | null> {
  const { ports, prospect, via, evaluation, locale, allocation, application, fault } = round;
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
    application: null,
    ...more,
  });
  if (participant !== null) {
    const mine = participant.attempt === prospect.attempt;
    if (mine || (await owns(round, participant))) {
      const pass = await passOf(ports, participant.id);
      return answer(mine ? "joined" : "already_joined", {
        participant,
        pass,
        waitlistPosition: waiting?.position ?? null,
        reasons: mine ? reasonsOf(evaluation, locale) : [],
      });
    }
  }
  if (standing.ticketTaken) {
    throw new Problem("ticket_spent", "This scan already let somebody in. Scan the code again.");
  }
  const fallback = allocation.fallback.filter((offer) => offer.kind !== "waitlist");
  const closed = closedBecause(standing.campaign, prospect.now);
  const ownsPlace = waiting !== null && (via.kind === "server" || isOwnPlace(waiting, prospect));
  // Who waits has passed the gate already, with this very ticket: its age is of no account.
  if (ownsPlace && closed === null)
    return answer("waitlisted", { waitlistPosition: waiting.position, fallback });
  if (fault !== null) throw fault;
  if (closed !== null) return answer("closed", { closed });
  const reasons = reasonsOf(evaluation, locale);
  const shut = inviteProblem(standing.invite, prospect.now);
  if (shut !== null) throw shut;
  if (evaluation.result !== "pass") {
    const outcome: Record<Exclude<LeafResult, "pass">, Outcome> = { fail: "rejected", pending: "pending" };
    const mine = application !== null && application.attempt === prospect.attempt;
    const pass = mine ? await applicationPass(ports, application.id) : null;
    return answer(outcome[evaluation.result], { reasons, application: pass });
  }
  if (participant !== null) return answer("already_joined");
  if (waiting !== null) return answer("waitlisted", { fallback });
  const turnedAway = !hasWaitlist(allocation) && !standing.seatFree;
  return turnedAway ? answer("closed", { closed: "no_seats", fallback }) : null;
}

/** Whether the caller has shown that the participant is theirs: key, contact, ticket, browser or recovery code. */
async function owns(
  { ports, prospect: { ticket, campaignId }, via, shown }: Round,
  participant: NonNullable<Standing["participant"]>,
): Promise<boolean> {
  if (via.kind === "server" || shown) return true;
  if (ticket !== null && ticket === participant.ticket) return true;
  if ((await via.browser.holderOf(campaignId)) === participant.id) return true;
  const { recoveryCode } = via.input;
  return recoveryCode !== undefined && isRecoveryCode(ports, participant.id, recoveryCode);
}

const isOwnPlace = (waiting: NonNullable<Standing["waiting"]>, { attempt, ticket }: Prospect): boolean =>
  waiting.attempt === attempt || (ticket !== null && waiting.ticket === ticket);
