import { newSeat, hasWaitlist } from "../domain/allocation.ts";
import { closedBecause } from "../domain/campaign.ts";
import { evaluate, type Evaluation } from "../domain/evaluate.ts";
import { type Id, idDigits } from "../domain/id.ts";
import { type GateInput, type JoinInput, neutralName } from "../domain/join.ts";
import { Problem } from "../domain/problem.ts";
import type { Locale } from "../domain/text.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Arrival } from "../store/arrival.ts";
import { admit, refuse } from "../store/join/admit.ts";
import type { JoinCredit } from "../store/join/credit.ts";
import { findStanding } from "../store/join/standing.ts";
import type { Prospect } from "../store/join/terms.ts";
import { hashAccessCode } from "./access-codes.ts";
import { arriveBy, inviteProblem, ticketOf } from "./arrivals.ts";
import { creditOf, namedCodes, saidArrivals } from "./attribution.ts";
import { type Call, demand } from "./call.ts";
import { newCode } from "./codes.ts";
import { foldSoon } from "./folding.ts";
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
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const arrival = await arriveBy(ports, code, codeHash, named);
    if (!mayReach(via, arrival, campaignId)) throw unknownInvite();
    const result = await attempt(ports, arrival, via, locale);
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
  const said = saidArrivals(arrival, input, now);
  const fault = ticket.fault ?? said.fault;
  const shut = closedBecause(campaign, now) !== null || inviteProblem(invite, now) !== null || fault !== null;
  const credit = () => creditOf(arrival, via, said.touches, ticket.issuedAt, now);
  const standing = shut
    ? await findStanding(ports.db, prospect)
    : await commit(ports, prospect, via, evaluation, campaign, credit);
  const round = { ports, prospect, via, evaluation, locale, allocation, fault };
  return settle(round, shut ? standing : await seatNow(round, standing));
}

/** The one batch: in, or the refusal kept. */
async function commit(
  ports: Ports,
  prospect: Prospect,
  via: Via,
  evaluation: Evaluation,
  campaign: Arrival["campaign"],
  credit: () => Promise<JoinCredit>,
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
    credit: await credit(),
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

/** 52 random bits: tells one request from another. */
const randomInteger = ({ random }: Ports): number =>
  [...random(6)].reduce((value, byte) => value * 256 + byte, 0);

/** The name of the cookie by which a browser shows that it holds a campaign's pass. */
export const passCookie = (campaignId: Id): string => `qrove_${idDigits(campaignId)}`;
