import { type SQL, sql } from "drizzle-orm";
import type { CampaignWindow } from "../../domain/campaign.ts";
import { formatId, type Id } from "../../domain/id.ts";
import type { InviteWindow } from "../../domain/invite.ts";
import { openGroups } from "../arrival.ts";
import { type Db, jsonRows, type Rows } from "../db.ts";
import { prepared } from "../prepared.ts";
import { seatIsDead } from "../seating.ts";
import { INVITE_USES, type Prospect, type Terms, terms } from "./terms.ts";

/** How things stand for the prospect after the batch, read within it. */
export type Standing = {
  campaign: CampaignWindow & { gateVersion: number };
  invite: InviteWindow;
  participant: {
    id: Id;
    attempt: number;
    ticket: string | null;
    displayName: string;
    parentId: Id | null;
    depth: number;
    joinedAt: number;
    inviteCode: string | null;
    inviteId: Id | null;
    /** The seat; null when there is none, or none any more. */
    group: { id: Id; name: string; carrier: string; joinUrl: string | null; hasQrImage: boolean } | null;
    /** They have no seat, or one that is none any more: lapsed, its group closed, or its link run out. */
    seatDead: boolean;
    leftAt: number | null;
  } | null;
  waiting: { ticket: string | null; attempt: number; position: number } | null;
  /** Whether some group could take somebody right now. */
  seatFree: boolean;
  /** Whether anybody waits for a seat of the campaign. */
  queue: boolean;
  /** The ticket let somebody else in, or put somebody else on the waitlist. */
  ticketTaken: boolean;
};

/** How things stand for a prospect. One read. */
export async function findStanding(db: Db, prospect: Prospect): Promise<Standing> {
  return readStanding(await db.run("read", ask(prospect)));
}

const ask = prepared<Prospect>((slot) => [selectStanding(terms(slot))]);

/** The statement that reads how things stand; `readStanding` decodes it. */
export const selectStanding = (t: Terms): SQL =>
  sql`SELECT json_object(
      'campaign', json_object('status', c.status, 'startsAt', c.starts_at, 'endsAt', c.ends_at, 'gateVersion', c.gate_version),
      'invite', json_object('startsAt', i.starts_at, 'expiresAt', i.expires_at, 'revokedAt', i.revoked_at,
        'maxUses', i.max_uses, 'uses', ${INVITE_USES}),
      'participant', CASE WHEN p.id IS NOT NULL THEN
        json_object('id', p.id, 'attempt', p.attempt, 'ticket', p.ticket, 'displayName', p.display_name,
          'parentId', p.parent_id, 'depth', p.depth, 'joinedAt', p.joined_at, 'leftAt', p.left_at,
          'seatDead', ${seatIsDead(t.now)}, 'inviteId', own.id, 'inviteCode', own.code,
          'group', CASE WHEN g.id IS NOT NULL THEN
            json_object('id', g.id, 'name', g.name, 'carrier', g.carrier, 'joinUrl', g.join_url,
              'hasQrImage', g.qr_image IS NOT NULL) END) END,
      'waiting', CASE WHEN w.id IS NOT NULL THEN
        json_object('ticket', w.ticket, 'attempt', w.attempt,
          'position', (SELECT count(*) FROM waitlist b WHERE b.campaign_id = w.campaign_id
            AND b.promoted_at IS NULL AND b.id <= w.id)) END,
      'seatFree', EXISTS (SELECT 1 FROM ${openGroups(t.now)}),
      'queue', EXISTS (SELECT 1 FROM waitlist q WHERE q.campaign_id = c.id AND q.promoted_at IS NULL),
      'ticketTaken', ${t.ticketTaken("participants")} OR ${t.ticketTaken("waitlist")})
    FROM campaigns c JOIN invites i ON i.id = ${t.invite} AND i.campaign_id = c.id
      LEFT JOIN members m ON m.community_id = ${t.community} AND m.identity_hash = ${t.identityHash}
      LEFT JOIN participants p ON p.campaign_id = ${t.campaign} AND p.member_id = m.id
      LEFT JOIN groups g ON g.id = p.group_id
      LEFT JOIN invites own ON own.participant_id = p.id
      LEFT JOIN waitlist w ON w.campaign_id = ${t.campaign} AND w.member_id = m.id AND w.promoted_at IS NULL
    WHERE c.id = ${t.campaign} AND c.workspace_id = ${t.workspace}`;

/** `(attempt, standing)` of participants `p` who came in by this very batch, while nobody waited. */
export const freshStandings = (fresh: SQL, now: SQL): SQL =>
  sql`SELECT p.attempt, json_object(
      'campaign', json_object('status', c.status, 'startsAt', c.starts_at, 'endsAt', c.ends_at, 'gateVersion', c.gate_version),
      'invite', json_object('startsAt', i.starts_at, 'expiresAt', i.expires_at, 'revokedAt', i.revoked_at,
        'maxUses', i.max_uses, 'uses', i.uses),
      'participant', json_object('id', p.id, 'attempt', p.attempt, 'ticket', p.ticket, 'displayName', p.display_name,
        'parentId', p.parent_id, 'depth', p.depth, 'joinedAt', p.joined_at, 'leftAt', p.left_at,
        'seatDead', ${seatIsDead(now)}, 'inviteId', own.id, 'inviteCode', own.code,
        'group', json_object('id', g.id, 'name', g.name, 'carrier', g.carrier, 'joinUrl', g.join_url,
          'hasQrImage', g.qr_image IS NOT NULL)),
      'waiting', NULL,
      'seatFree', EXISTS (SELECT 1 FROM ${openGroups(now)}),
      'queue', 0, 'ticketTaken', 0)
    FROM participants p JOIN campaigns c ON c.id = p.campaign_id JOIN invites i ON i.id = p.invited_via
      JOIN groups g ON g.id = p.group_id JOIN invites own ON own.participant_id = p.id
    WHERE ${fresh}`;

type StoredStanding = Omit<Standing, "participant" | "ticketTaken" | "seatFree" | "queue"> & {
  participant:
    | (Omit<NonNullable<Standing["participant"]>, "id" | "parentId" | "inviteId" | "group" | "seatDead"> & {
        seatDead: number;
        id: number;
        parentId: number | null;
        inviteId: number | null;
        group: {
          id: number;
          name: string;
          carrier: string;
          joinUrl: string | null;
          hasQrImage: number;
        } | null;
      })
    | null;
  ticketTaken: number;
  seatFree: number;
  queue: number;
};

/** The standing that a batch ends with. */
export function readStanding(results: readonly Rows[]): Standing {
  const [found] = jsonRows<StoredStanding>((results.at(-1) ?? []) as [string][]);
  if (found === undefined) throw new Error("the campaign of a join is gone");
  const p = found.participant;
  return {
    ...found,
    ticketTaken: found.ticketTaken === 1,
    seatFree: found.seatFree === 1,
    queue: found.queue === 1,
    participant: p && {
      ...p,
      seatDead: p.seatDead === 1,
      id: formatId("participant", p.id),
      parentId: p.parentId === null ? null : formatId("participant", p.parentId),
      inviteId: p.inviteId === null ? null : formatId("invite", p.inviteId),
      group:
        p.seatDead === 1
          ? null
          : p.group && {
              ...p.group,
              id: formatId("group", p.group.id),
              hasQrImage: p.group.hasQrImage === 1,
            },
    },
  };
}
