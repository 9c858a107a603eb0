import { type SQL, sql } from "drizzle-orm";
import type { Allocation } from "../domain/allocation.ts";
import type { CampaignWindow } from "../domain/campaign.ts";
import type { CarrierKind } from "../domain/carriers/index.ts";
import { formatId, type Id, parseId } from "../domain/id.ts";
import type { Lag } from "../domain/freshness.ts";
import { REMOVAL_QUEUE } from "../domain/review.ts";
import type { ReviewState } from "../domain/criteria/facts.ts";
import type { CheckState, UnmetLeaf } from "../domain/elimination.ts";
import type { Rotation } from "../domain/invite.ts";
import type { SeatState } from "../domain/seat.ts";
import type { Locale } from "../domain/text.ts";
import { type Db, jsonQuery, jsonRows } from "./db.ts";
import { boardRank } from "./board-position.ts";
import { allTimeBoard, lagOf } from "./fold/terms.ts";
import { seatIsDead } from "./seating.ts";

/** How it stands with a member whom a re-check did not pass. */
export type Warning = {
  state: Extract<CheckState, "warned" | "due" | "removed">;
  since: number;
  /** Until when they may mend it before they are removed. */
  graceUntil: number;
  leaves: UnmetLeaf[];
  /** Their last appeal. */
  appeal: { state: ReviewState; openedAt: number; decidedAt: number | null; reason: string | null } | null;
};

/** What a participant's own page shows. */
export type Seat = Lag & {
  participant: { id: Id; displayName: string; joinedAt: number };
  campaign: { id: Id; name: string; timezone: string };
  /** Whether anybody may read the campaign's board. */
  boardIsPublic: boolean;
  community: { name: string; locale: Locale | null };
  /** `none`: they never got one, left, or have one that is none any more. Then `group` is null. */
  seat: { state: SeatState | "none"; until: number | null };
  leftAt: number | null;
  /** The place on the waitlist, 1 for the first; null for who does not wait. */
  waitlistPosition: number | null;
  window: CampaignWindow;
  allocation: Allocation;
  group: {
    id: Id;
    name: string;
    carrier: CarrierKind;
    joinUrl: string | null;
    /** Whether it has an uploaded QR code, which is read by itself. */
    hasQrImage: boolean;
  } | null;
  /** Their own invite, and what makes it rotate where it does. */
  invite: { id: Id; workspaceId: Id; code: string; rotation: Rotation | null };
  campaignRotation: Rotation;
  tokenKey: { version: number; rotatedAt: number | null };
  direct: number;
  team: number;
  /** Null for whoever passes, or is spared. */
  warning: Warning | null;
  /** Competition rank by the campaign's own metric; null before the first score, and for somebody disqualified. */
  rank: number | null;
};

/** The seat of a participant at `now`, or undefined. One read. The caller has checked the pass. */
export async function findSeat(db: Db, participantId: Id, now: number): Promise<Seat | undefined> {
  const board = (metric: string | SQL) => allTimeBoard(sql`p.campaign_id`, metric);
  const score = (metric: string) => sql`(SELECT y.score FROM tallies y WHERE y.board_id = ${board(metric)}
    AND y.participant_id = p.id)`;
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object(
        'participant', json_object('id', p.id, 'displayName', p.display_name, 'joinedAt', p.joined_at),
        'campaign', json_object('id', c.id, 'name', c.name, 'timezone', c.timezone),
        'boardIsPublic', json(iif(json_extract(c.settings, '$.board.public'), 'true', 'false')),
        'community', json_object('name', m.name, 'locale', m.locale),
        'seat', iif(${seatIsDead(now)}, json_object('state', 'none', 'until', NULL),
          json_object('state', p.seat_state, 'until', p.seat_until)),
        'leftAt', p.left_at,
        'waitlistPosition', (SELECT (SELECT count(*) FROM waitlist b WHERE b.campaign_id = w.campaign_id
            AND b.promoted_at IS NULL AND b.id <= w.id)
          FROM waitlist w WHERE w.campaign_id = p.campaign_id AND w.member_id = p.member_id AND w.promoted_at IS NULL),
        'window', json_object('status', c.status, 'startsAt', c.starts_at, 'endsAt', c.ends_at),
        'allocation', json_extract(c.settings, '$.allocation'),
        'group', CASE WHEN g.id IS NULL OR ${seatIsDead(now)} THEN NULL ELSE
          json_object('id', g.id, 'name', g.name, 'carrier', g.carrier, 'joinUrl', g.join_url,
            'hasQrImage', json(iif(g.qr_image IS NULL, 'false', 'true'))) END,
        'invite', json_object('id', i.id, 'workspaceId', i.workspace_id, 'code', i.code, 'rotation', json(i.rotation)),
        'campaignRotation', json_extract(c.settings, '$.rotation'),
        'tokenKey', json_object('version', w.token_version, 'rotatedAt', w.token_rotated_at),
        'direct', coalesce(${score("direct")}, 0), 'team', coalesce(${score("team")}, 0),
        'warning', json((SELECT json_object('state', k.state, 'since', k.since, 'graceUntil', k.grace_until,
            'leaves', json(coalesce(k.leaves, '[]')),
            'appeal', json((SELECT json_object('state', r.state, 'openedAt', r.opened_at, 'decidedAt', r.decided_at,
                'reason', r.reason)
              FROM members e JOIN reviews r ON r.campaign_id = p.campaign_id AND r.identity_hash = e.identity_hash
                AND r.kind = 'appeal' AND r.queue = ${REMOVAL_QUEUE} WHERE e.id = p.member_id)))
          FROM checks k WHERE k.participant_id = p.id
            AND (k.state IN ('warned', 'due') OR (k.state = 'removed' AND k.due_at IS NOT NULL)))),
        'lag', json(${lagOf(sql`p.campaign_id`, now)}),
        'rank', (SELECT iif(t.ranked = 1, ${boardRank("t.board_id")} + 1, NULL) FROM tallies t
          WHERE t.board_id = ${board(sql`json_extract(c.settings, '$.board.metric')`)} AND t.participant_id = p.id))
      FROM participants p JOIN campaigns c ON c.id = p.campaign_id JOIN communities m ON m.id = c.community_id
        JOIN invites i ON i.participant_id = p.id JOIN workspaces w ON w.id = p.workspace_id LEFT JOIN groups g ON g.id = p.group_id
      WHERE p.id = ${parseId("participant", participantId)}`,
    ),
  ]);
  const [seat] = jsonRows<Stored>(rows);
  if (seat === undefined) return undefined;
  const { participant, campaign, group, invite, lag } = seat;
  return {
    ...seat,
    participant: { ...participant, id: formatId("participant", participant.id) },
    campaign: { ...campaign, id: formatId("campaign", campaign.id) },
    group: group && { ...group, id: formatId("group", group.id) },
    invite: {
      ...invite,
      id: formatId("invite", invite.id),
      workspaceId: formatId("workspace", invite.workspaceId),
    },
    ...lag,
  };
}

/** The same with ids as the database has them. */
type Stored = Omit<Seat, "participant" | "campaign" | "group" | "invite" | keyof Lag> & {
  lag: Lag;
  participant: Omit<Seat["participant"], "id"> & { id: number };
  campaign: Omit<Seat["campaign"], "id"> & { id: number };
  group: (Omit<NonNullable<Seat["group"]>, "id"> & { id: number }) | null;
  invite: Omit<Seat["invite"], "id" | "workspaceId"> & { id: number; workspaceId: number };
};
