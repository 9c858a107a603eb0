import { closedBecause, closedProblem } from "../domain/campaign.ts";
import type { Id } from "../domain/id.ts";
import { periodOf } from "../domain/invite.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { findSeat, type Seat, type Warning } from "../store/seat.ts";
import { readFolded } from "./freshness.ts";
import { readPass, recoveryCodeOf } from "./passes.ts";
import { seatAnew } from "./seating.ts";
import { currentToken } from "./tokens.ts";

export type { Warning } from "../store/seat.ts";

/** A participant's own page: the seat, the own invite, the progress, and the way back in. */
export type OwnPage = Pick<
  Seat,
  | "participant"
  | "campaign"
  | "community"
  | "seat"
  | "group"
  | "direct"
  | "team"
  | "rank"
  | "warning"
  | "boardIsPublic"
  | "waitlistPosition"
> & {
  invite: { code: string; token: string | null; periodSeconds: number | null };
  recoveryCode: string;
};

/** The participant of a pass, and how they sit. */
export async function seatOf(ports: Ports, pass: string): Promise<{ id: Id; found: Seat }> {
  const id = await readPass(ports, pass);
  const unknown = new Problem("pass_not_found", "This link is not a pass.");
  if (id === null) throw unknown;
  const read = async (now: number) => {
    const seat = await findSeat(ports.db, id, now);
    if (seat === undefined) throw unknown;
    return seat;
  };
  return { id, found: await readFolded(ports, ({ campaign }) => campaign.id, false, read) };
}

/**
 * What the holder of a pass may see.
 * @throws Problem `pass_not_found`
 */
export async function openPass(ports: Ports, pass: string): Promise<OwnPage> {
  const { id, found } = await seatOf(ports, pass);
  return {
    participant: found.participant,
    campaign: found.campaign,
    community: found.community,
    seat: found.seat,
    group: found.group,
    direct: found.direct,
    team: found.team,
    rank: found.rank,
    boardIsPublic: found.boardIsPublic,
    waitlistPosition: found.waitlistPosition,
    warning: found.warning,
    invite: await inviteNow(ports, found),
    recoveryCode: await recoveryCodeOf(ports, id),
  };
}

/** Whether a member may appeal: once since they ceased to pass. */
export const mayAppeal = ({ appeal, since }: Warning): boolean =>
  appeal === null || (appeal.state !== "open" && appeal.openedAt < since);

/**
 * Asks for a seat from the own page: a new one where theirs is none any more, or where they come back.
 * A good seat stays, and so does the page where no other is free or others wait.
 * @throws Problem `pass_not_found`, and for a campaign that is not open
 */
export async function askSeat(ports: Ports, pass: string): Promise<void> {
  const { id, found } = await seatOf(ports, pass);
  if (found.seat.state !== "none") return;
  const closed = closedBecause(found.window, ports.now());
  if (closed !== null) throw closedProblem(closed);
  const tenant = { workspaceId: found.invite.workspaceId, campaignId: found.campaign.id };
  await seatAnew(ports, tenant, { id, leftAt: found.leftAt }, found.allocation, "pass");
}

/** The participant's own invite, with the token of this moment where it rotates. */
async function inviteNow(ports: Ports, seat: Seat): Promise<OwnPage["invite"]> {
  const { invite, campaignRotation, tokenKey } = seat;
  const periodSeconds = periodOf(invite.rotation, campaignRotation);
  if (periodSeconds === null) return { code: invite.code, token: null, periodSeconds };
  const rotor = { workspaceId: invite.workspaceId, inviteId: invite.id, periodSeconds, key: tokenKey };
  return { code: invite.code, token: await currentToken(ports, rotor), periodSeconds };
}
