import { newSeat, hasWaitlist } from "../domain/allocation.ts";
import { closedBecause } from "../domain/campaign.ts";
import { evaluate, type Evaluation, rechecks } from "../domain/evaluate.ts";
import type { Id } from "../domain/id.ts";
import { type GateInput, type JoinInput, neutralName } from "../domain/join.ts";
import { Problem } from "../domain/problem.ts";
import type { Locale } from "../domain/text.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Arrival } from "../store/arrival.ts";
import { admit } from "../store/join/admit.ts";
import type { JoinCredit } from "../store/join/credit.ts";
import { type OwnApplication, refuse } from "../store/join/refuse.ts";
import { findStanding, type Standing } from "../store/join/standing.ts";
import type { Prospect, StoredEvaluation } from "../store/join/terms.ts";
import type { Facts } from "../domain/criteria/facts.ts";
import { hashAccessCode } from "./access-codes.ts";
import { applicationOf, provedBy } from "./applications.ts";
import { arriveBy, inviteProblem, ticketOf } from "./arrivals.ts";
import { creditOf, namedCodes, saidArrivals } from "./attribution.ts";
import { type Call, demand } from "./call.ts";
import { foldSoon } from "./following.ts";
import { gatherFacts, hashContactCode, keepFacts, needs } from "./gate-facts.ts";
import { HUMAN_BEFORE, humanOnce } from "./humans.ts";
import { hashIdentity } from "./identities.ts";
import { readCode, unknownInvite } from "./invites.ts";
import { actorOf, type Browser, type JoinResult, seatNow, settle, type Via } from "./join-outcome.ts";

export type { JoinResult } from "./join-outcome.ts";

/** A join's result, and what stood behind the invite: a form that is shown again needs it. */
export type GateResult = JoinResult & { arrival: Arrival };

/** A prospect fills in the gate's form. */
export const joinAtGate = (
  ports: Ports,
  code: string,
  input: GateInput,
  browser: Browser,
  locale: Locale,
): Promise<GateResult> => join(ports, code, { kind: "gate", input, browser }, locale);

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

/**
 * Judges an application again: the gate as it is now, on what was sent and what is known by now.
 * @throws Problem where the invite or the campaign takes nobody any more
 */
export const joinAgain = (
  ports: Ports,
  code: string,
  via: Via,
  campaignId: Id,
  locale: Locale,
): Promise<GateResult> => join(ports, code, via, locale, campaignId);

/** Attempts before giving up when the gate or the codes change under a join again and again. */
const MAX_ROUNDS = 4;

async function join(
  ports: Ports,
  codeText: string,
  via: Via,
  locale: Locale,
  campaignId?: Id,
): Promise<GateResult> {
  const { input } = via;
  const code = readCode(codeText);
  const codeHash = input.accessCode === undefined ? null : await hashAccessCode(ports, input.accessCode);
  const named = namedCodes(input);
  const request = { bearer: `req${randomInteger(ports)}`, human: humanOnce(ports, input) };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const arrival = await arriveBy(ports, code, codeHash, named);
    if (!mayReach(via, arrival, campaignId)) throw unknownInvite();
    const result = await attempt(ports, arrival, via, locale, request);
    if (result === null) continue;
    if (result.outcome === "joined") foldSoon(ports, arrival.campaign.id);
    return { ...result, arrival };
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

/** What stays the same over a request's rounds: by what it is known without a ticket, and what its proof is worth. */
type Request = { bearer: string; human: ReturnType<typeof humanOnce> };

/** One try: decide on what was read, write one batch, and read off how things stand. */
async function attempt(
  ports: Ports,
  arrival: Arrival,
  via: Via,
  locale: Locale,
  request: Request,
): Promise<JoinResult | null> {
  const { invite, campaign, community, gate } = arrival;
  const { input, applied } = via;
  const { allocation } = campaign.settings;
  const now = ports.now();
  const identityHash = await hashIdentity(ports, invite.workspaceId, input.identity);
  const ticket = applied
    ? { nonce: applied.ticket, issuedAt: applied.scannedAt, fault: null }
    : await ticketOf(ports, arrival, input.ticket);
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
  const said = saidArrivals(arrival, input, now);
  const fault = ticket.fault ?? said.fault;
  const shut = closedBecause(campaign, now) !== null || inviteProblem(invite, now) !== null || fault !== null;
  const asking = {
    identityHash,
    scannedAt: ticket.issuedAt,
    applicationId: applied?.id ?? null,
    human: applied ? (applied.proved.human ? HUMAN_BEFORE : null) : await request.human(arrival),
    now,
  };
  const facts = await gatherFacts(ports, arrival, via, asking, {
    bearer: ticket.nonce ?? (await codeOfServer(ports, via, campaign.id, identityHash)) ?? request.bearer,
    showed: applied?.proved.contact ?? false,
  });
  const evaluation = evaluate(gate, facts);
  const credit = () => creditOf(arrival, via, said.touches, ticket.issuedAt, now);
  const { standing, application } = shut
    ? { standing: await findStanding(ports.db, prospect), application: null }
    : await commit({ ports, arrival, prospect, via, facts, evaluation, credit, locale });
  const shown = provedBy(facts).contact;
  const round = { ports, prospect, via, evaluation, shown, locale, allocation, application, fault };
  return settle(round, shut ? standing : await seatNow(round, standing));
}

/** A server that sends the same again is known by the code that it showed; at the public gate that one is used up. */
async function codeOfServer(ports: Ports, via: Via, campaignId: Id, identityHash: string) {
  const { contactCode } = via.input;
  if (via.kind !== "server" || contactCode === undefined) return null;
  return `code${await hashContactCode(ports, campaignId, identityHash, contactCode)}`;
}

type Commit = {
  ports: Ports;
  arrival: Arrival;
  prospect: Prospect;
  via: Via;
  facts: Facts;
  evaluation: Evaluation;
  credit: () => Promise<JoinCredit>;
  locale: Locale;
};

/** The one batch: in; or the refusal kept, and what a later pass needs. */
async function commit(given: Commit): Promise<{ standing: Standing; application: OwnApplication | null }> {
  const { ports, arrival, prospect, via, facts, evaluation, credit, locale } = given;
  const { allocation } = arrival.campaign.settings;
  const stored = await storedOf(ports, arrival, evaluation, facts);
  // A gate that needs nothing but the form keeps nobody pending beyond it.
  const applies = needs(arrival.gate).length > 0;
  if (evaluation.result !== "pass") {
    const isPending = evaluation.result === "pending";
    const application = isPending
      ? await applicationOf(ports, arrival, via, evaluation, facts, locale)
      : null;
    const ends = applies || via.applied !== undefined;
    const id = via.applied?.id ?? (await heldApplication(via, arrival.campaign.id));
    const again = via.applied !== undefined;
    const ended = ends ? { id, again, dueAt: via.applied?.dueAt ?? null } : null;
    return refuse(ports.db, prospect, stored, ports.newId(), application, ended, actorOf(via));
  }
  const code = ports.newCode();
  const standing = await admit(ports.db, {
    ...prospect,
    evaluation: stored,
    spends: evaluation.spends,
    credit: await credit(),
    displayName: via.input.displayName ?? neutralName(code),
    attributes: via.kind === "server" ? (via.input.attributes ?? null) : null,
    strategy: allocation.strategy,
    seat: newSeat(allocation, prospect.now),
    mayWait: hasWaitlist(allocation),
    applies: applies || via.applied !== undefined,
    rechecks: rechecks(arrival.gate),
    application: via.applied?.id ?? (await heldApplication(via, arrival.campaign.id)),
    code,
    actor: actorOf(via),
    newId: ports.newId,
  });
  return { standing, application: null };
}

/** The pending application whose page the same browser holds: it ends as theirs. */
const heldApplication = async (via: Via, campaignId: Id): Promise<Id | null> =>
  via.kind === "gate" ? via.browser.applicationOf(campaignId) : null;

/** An evaluation as it is kept: with the facts that it was made on, where the gate asked for more than a tick. */
async function storedOf(
  ports: Ports,
  { campaign, gate, invite }: Arrival,
  evaluation: Evaluation,
  facts: Facts,
): Promise<StoredEvaluation> {
  const kept = gate === null ? null : await keepFacts(ports, invite.workspaceId, facts);
  return {
    gateVersion: campaign.gateVersion,
    result: evaluation.result,
    leaves: evaluation.leaves.map(({ path, criterion, result, judgement }) => ({
      path,
      criterion,
      result,
      code: judgement.code,
    })),
    factsDigest: kept?.digest ?? null,
    facts: kept?.sealed ?? null,
  };
}

/** 52 random bits: tells one request from another. */
const randomInteger = ({ random }: Ports): number =>
  [...random(6)].reduce((value, byte) => value * 256 + byte, 0);
