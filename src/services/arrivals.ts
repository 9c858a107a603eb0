import { closedBecause, closedProblem } from "../domain/campaign.ts";
import { inviteFault } from "../domain/invite.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { type Arrival, findArrival } from "../store/arrival.ts";
import { readCode, unknownInvite } from "./invites.ts";
import { issueTicket } from "./tickets.ts";

const INVITE_FAULTS = {
  invite_revoked: "This invite was withdrawn.",
  invite_not_started: "This invite is not valid yet.",
  invite_expired: "This invite has expired.",
  invite_used_up: "This invite has been used up.",
} as const;

/** The refusal of an invite that lets nobody in at `now`, or null. */
export function inviteProblem(
  invite: Arrival["invite"] | Parameters<typeof inviteFault>[0],
  now: number,
): Problem | null {
  const fault = inviteFault(invite, now);
  return fault === null ? null : new Problem(fault, INVITE_FAULTS[fault]);
}

/** What a scan of an invite shows: what is known of the campaign, and a ticket for the gate's form. */
export type Landing = Arrival & { ticket: string };

/**
 * Opens an invite. Nothing is spent: link previews open every link.
 * @throws Problem for an unknown, revoked, expired or used up invite, and for a campaign that is not open
 */
export async function openInvite(ports: Ports, codeText: string): Promise<Landing> {
  const now = ports.now();
  const arrival = await findArrival(ports.db, readCode(codeText), null, now);
  if (arrival === undefined) throw unknownInvite();
  const closed = closedBecause(arrival.campaign, now);
  const problem = inviteProblem(arrival.invite, now) ?? (closed && closedProblem(closed));
  if (problem !== null) throw problem;
  return { ...arrival, ticket: await issueTicket(ports, arrival.invite.id) };
}
