import { type SQL, sql } from "drizzle-orm";
import type { NewSeat, Strategy } from "../domain/allocation.ts";
import { type Id, parseId } from "../domain/id.ts";
import type { ConfirmationSource } from "../domain/seat.ts";
import { type Db, freshId } from "./db.ts";
import { ledger } from "./schema/ledger.ts";
import { outbox } from "./schema/outbox.ts";
import { nextGroup } from "./seating.ts";
import type { Tenant } from "./tenant.ts";

/** Sets that empty a participant's seat. */
const NO_SEAT = sql`group_id = NULL, seat_state = NULL, seat_until = NULL, seat_confirmed_at = NULL, confirmation_source = NULL`;

/** The statements that give back the seats of reservations that ran out, with an event each. */
export const lapseSeats = (db: Db, campaign: SQL, now: number, eventId: number) => {
  const lapsed = sql`p.seat_state = 'reserved' AND p.seat_until IS NOT NULL AND p.seat_until <= ${now}
    AND p.campaign_id = ${campaign}`;
  return [
    db.q
      .run(sql`UPDATE groups SET used = used - (SELECT count(*) FROM participants p WHERE p.group_id = groups.id AND ${lapsed})
      WHERE id IN (SELECT p.group_id FROM participants p WHERE ${lapsed})`),
    db.q.run(sql`INSERT INTO outbox (id, workspace_id, campaign_id, kind, subject, data, key, at)
      SELECT ${freshId(outbox, eventId)} + row_number() OVER (ORDER BY p.id) - 1, p.workspace_id, p.campaign_id,
        'seat.lapsed', p.id, '{}', 'seat.lapsed:' || p.id || ':' || p.seat_until, ${now}
      FROM participants p WHERE ${lapsed} ON CONFLICT (campaign_id, key) DO NOTHING`),
    db.q.run(sql`UPDATE participants AS p SET ${NO_SEAT} WHERE ${lapsed}`),
  ] as const;
};

/** Gives back the seats of a campaign whose reservations ran out. One batch. */
export async function lapseCampaign(db: Db, campaignId: Id, now: number, eventId: number): Promise<void> {
  await db.write(lapseSeats(db, sql`${parseId("campaign", campaignId)}`, now, eventId));
}

const own = (tenant: Tenant, id: Id): SQL =>
  sql`p.id = ${parseId("participant", id)} AND p.workspace_id = ${parseId("workspace", tenant.workspaceId)}
    ${tenant.campaignId === null ? sql`` : sql`AND p.campaign_id = ${parseId("campaign", tenant.campaignId)}`}`;

const entry = (db: Db, kind: "left" | "returned", which: SQL, actor: string, id: number, now: number) =>
  db.q.run(sql`INSERT INTO ledger (id, workspace_id, campaign_id, kind, participant_id, parent_id, group_id,
      invite_id, gate_version, actor, key, at)
    SELECT ${freshId(ledger, id)}, p.workspace_id, p.campaign_id, ${kind}, p.id, p.parent_id, p.group_id,
      p.invited_via, p.gate_version, ${actor}, CAST(${freshId(ledger, id)} AS TEXT), ${now} FROM participants p WHERE ${which}`);

/** Keeps that a participant left: their seat is free again. Once gone, nothing changes. One batch. */
export async function leave(
  db: Db,
  tenant: Tenant,
  id: Id,
  actor: string,
  entryId: number,
  now: number,
): Promise<void> {
  const present = sql`${own(tenant, id)} AND p.left_at IS NULL`;
  await db.write([
    db.q.run(sql`UPDATE groups SET used = used - 1
      WHERE id = (SELECT p.group_id FROM participants p WHERE ${present} AND p.seat_state IS NOT NULL)`),
    entry(db, "left", present, actor, entryId, now),
    db.q.run(sql`UPDATE participants AS p SET left_at = ${now}, ${NO_SEAT} WHERE ${present}`),
  ]);
}

/** What gives a participant a seat: where from, and of what kind. */
export type Seating = { strategy: Strategy; seat: NewSeat; now: number };

/** Seats participant `which` in the next open group, if there is one; the old seat must be given back before. */
const takeSeat = (db: Db, which: SQL, { strategy, seat, now }: Seating) => {
  const group = sql`(SELECT ${nextGroup(strategy, now)} FROM campaigns c WHERE c.id = p.campaign_id)`;
  return [
    db.q
      .run(sql`UPDATE participants AS p SET group_id = ${group}, seat_state = ${seat.state}, seat_until = ${seat.until},
        seat_confirmed_at = ${seat.confirmedAt}, confirmation_source = ${seat.source}
      WHERE ${which} AND p.seat_state IS NULL AND p.left_at IS NULL AND ${group} IS NOT NULL`),
    // The row that was just changed is the only one that can have got a seat in this batch.
    db.q.run(sql`UPDATE groups SET used = used + 1
      WHERE changes() = 1 AND id = (SELECT p.group_id FROM participants p WHERE ${which})`),
  ];
};

/** Keeps that a participant came back, and seats them where a group is open. One batch. */
export async function rejoin(
  db: Db,
  tenant: Tenant,
  id: Id,
  actor: string,
  entryId: number,
  seating: Seating,
): Promise<void> {
  const gone = sql`${own(tenant, id)} AND p.left_at IS NOT NULL`;
  await db.write([
    entry(db, "returned", gone, actor, entryId, seating.now),
    db.q.run(sql`UPDATE participants AS p SET left_at = NULL WHERE ${gone}`),
    ...takeSeat(db, own(tenant, id), seating),
  ]);
}

/** Whether a seat is none any more: its group was closed, or its link has run out. */
const isDead = (
  now: number,
): SQL => sql`(p.seat_state IS NULL OR EXISTS (SELECT 1 FROM groups g WHERE g.id = p.group_id
  AND (g.state = 'closed' OR (g.expires_at IS NOT NULL AND g.expires_at <= ${now}))))`;

/** Seats a participant anew whose seat is none any more, if another group is open. One batch. */
export async function reseat(db: Db, participantId: Id, seating: Seating): Promise<void> {
  const which = sql`p.id = ${parseId("participant", participantId)}`;
  const next = sql`(SELECT ${nextGroup(seating.strategy, seating.now)} FROM campaigns c WHERE c.id = p.campaign_id)`;
  const movable = sql`${which} AND p.left_at IS NULL AND ${isDead(seating.now)} AND ${next} IS NOT NULL`;
  await db.write([
    db.q.run(sql`UPDATE groups SET used = used - 1
      WHERE id = (SELECT p.group_id FROM participants p WHERE ${movable} AND p.seat_state IS NOT NULL)`),
    db.q.run(sql`UPDATE participants AS p SET ${NO_SEAT} WHERE ${movable}`),
    ...takeSeat(db, which, seating),
  ]);
}

/** Confirms a reserved seat; a confirmed one stays as it is. One batch. */
export async function confirmSeat(
  db: Db,
  tenant: Tenant,
  id: Id,
  source: ConfirmationSource,
  now: number,
): Promise<void> {
  await db.write([
    db.q
      .run(sql`UPDATE participants AS p SET seat_state = 'confirmed', seat_until = NULL, seat_confirmed_at = ${now},
        confirmation_source = ${source}
      WHERE ${own(tenant, id)} AND p.seat_state = 'reserved' AND (p.seat_until IS NULL OR p.seat_until > ${now})`),
  ]);
}
