import { closedBecause, closedProblem } from "../domain/campaign.ts";
import { inviteFault, type InviteWindow, periodOf } from "../domain/invite.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { type Arrival, findArrival } from "../store/arrival.ts";
import { type Challenge, challengeOf } from "./humans.ts";
import { readCode, unknownInvite } from "./invites.ts";
import { issueTicket, readTicket } from "./tickets.ts";
import { demandToken, type Rotor } from "./tokens.ts";

const INVITE_FAULTS = {
  invite_revoked: "This invite was withdrawn.",
  invite_not_started: "This invite is not valid yet.",
  invite_expired: "This invite has expired.",
  invite_used_up: "This invite has been used up.",
} as const;

/** The refusal of an invite that lets nobody in at `now`, or null. */
export function inviteProblem(invite: InviteWindow, now: number): Problem | null {
  const fault = inviteFault(invite, now);
  return fault === null ? null : new Problem(fault, INVITE_FAULTS[fault]);
}

/** What makes an arrival's invite rotate; null when it does not. */
export function rotorOf({ invite, campaign, tokenKey }: Arrival): Rotor | null {
  const periodSeconds = periodOf(invite.rotation, campaign.settings.rotation);
  if (periodSeconds === null) return null;
  return { workspaceId: invite.workspaceId, inviteId: invite.id, periodSeconds, key: tokenKey };
}

/** The invite of a code that leads somewhere, and of other codes that were `named` with it. */
export async function arriveBy(
  ports: Ports,
  code: string,
  codeHash: string | null,
  named: readonly string[] = [],
): Promise<Arrival> {
  const arrival = await findArrival(ports.db, code, codeHash, ports.now(), named);
  if (arrival === undefined) throw unknownInvite();
  if (arrival.invite.replaced)
    throw new Problem("invite_replaced", "This invite's code was replaced by a new one.");
  return arrival;
}

/** What a scan of an invite shows: what is known of the campaign, and what the gate's form brings along. */
export type Landing = Arrival & { ticket: string; challenge: Challenge | null };

/**
 * Opens an invite. Nothing is spent: link previews open every link.
 * @param token the rotating part of the URL, null where it has none
 * @throws Problem for an unknown, replaced, revoked, expired or used up invite, for a campaign that is
 *   not open, and for a rotating invite without a good token
 */
export async function openInvite(ports: Ports, codeText: string, token: string | null): Promise<Landing> {
  const arrival = await arriveBy(ports, readCode(codeText), null);
  demandOpen(ports, arrival);
  const rotor = rotorOf(arrival);
  if (rotor === null && token !== null) throw unknownInvite();
  if (rotor !== null) {
    if (token === null)
      throw new Problem("token_required", "This invite rotates: scan the code that is shown now.");
    await demandToken(ports, rotor, token);
  }
  return landingOf(ports, arrival, await issueTicket(ports, arrival.invite.id));
}

const landingOf = async (ports: Ports, arrival: Arrival, ticket: string): Promise<Landing> => ({
  ...arrival,
  ticket,
  challenge: await challengeOf(ports, arrival),
});

/** @throws Problem where the invite or its campaign takes nobody now */
export function demandOpen(ports: Ports, { invite, campaign }: Arrival): void {
  const now = ports.now();
  const closed = closedBecause(campaign, now);
  const problem = inviteProblem(invite, now) ?? (closed && closedProblem(closed));
  if (problem !== null) throw problem;
}

/** The ticket that was sent. A rotating invite asks for one, and for a fresh one: else `fault` says so. */
export async function ticketOf(ports: Ports, arrival: Arrival, ticket: string | undefined) {
  const rotates = rotorOf(arrival) !== null;
  if (ticket === undefined) {
    const fault = rotates
      ? new Problem("ticket_required", "A rotating invite asks for the ticket of a scan.")
      : null;
    return { nonce: null, issuedAt: null, fault };
  }
  const { nonce, issuedAt, expired } = await readTicket(ports, arrival.invite.id, ticket);
  const fault =
    expired && rotates
      ? new Problem("ticket_expired", "The scan is too long ago. Scan the code again.")
      : null;
  return { nonce, issuedAt, fault };
}

/**
 * What the scan showed, for somebody who has its form already: their ticket stays the same, and no
 * token is asked for. A rotating invite gives out no ticket here.
 * @throws Problem `ticket_required`, `ticket_invalid`, `ticket_expired`
 */
export async function showAgain(
  ports: Ports,
  arrival: Arrival,
  ticket: string | undefined,
): Promise<Landing> {
  const { fault } = await ticketOf(ports, arrival, ticket);
  if (fault !== null) throw fault;
  return landingOf(ports, arrival, ticket ?? (await issueTicket(ports, arrival.invite.id)));
}

/** The same for a form that was not even judged. */
export async function reopenInvite(
  ports: Ports,
  codeText: string,
  ticket: string | undefined,
): Promise<Landing> {
  const arrival = await arriveBy(ports, readCode(codeText), null);
  demandOpen(ports, arrival);
  return showAgain(ports, arrival, ticket);
}
