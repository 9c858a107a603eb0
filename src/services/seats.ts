import { periodOf } from "../domain/invite.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { findSeat, type Seat } from "../store/seat.ts";
import { readPass, recoveryCodeOf } from "./passes.ts";
import { currentToken } from "./tokens.ts";

/** A participant's own page: the seat, the own invite, the progress, and the way back in. */
export type OwnPage = Pick<
  Seat,
  "participant" | "campaign" | "community" | "group" | "direct" | "team" | "rank"
> & {
  invite: { code: string; token: string | null; periodSeconds: number | null };
  recoveryCode: string;
};

/**
 * What the holder of a pass may see.
 * @throws Problem `pass_not_found`
 */
export async function openPass(ports: Ports, pass: string): Promise<OwnPage> {
  const id = await readPass(ports, pass);
  const seat = id === null ? undefined : await findSeat(ports.db, id);
  if (id === null || seat === undefined) throw new Problem("pass_not_found", "This link is not a pass.");
  const { participant, campaign, community, group, direct, team, rank } = seat;
  return {
    participant,
    campaign,
    community,
    group,
    direct,
    team,
    rank,
    invite: await inviteNow(ports, seat),
    recoveryCode: await recoveryCodeOf(ports, id),
  };
}

/** The participant's own invite, with the token of this moment where it rotates. */
async function inviteNow(ports: Ports, seat: Seat): Promise<OwnPage["invite"]> {
  const { invite, campaignRotation, tokenKey } = seat;
  const periodSeconds = periodOf(invite.rotation, campaignRotation);
  if (periodSeconds === null) return { code: invite.code, token: null, periodSeconds };
  const rotor = { workspaceId: invite.workspaceId, inviteId: invite.id, periodSeconds, key: tokenKey };
  return { code: invite.code, token: await currentToken(ports, rotor), periodSeconds };
}
