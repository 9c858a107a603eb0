import { type SQL, sql } from "drizzle-orm";
import type { NewSeat, Strategy } from "../domain/allocation.ts";
import { type Id, parseId } from "../domain/id.ts";
import type { ConfirmationSource } from "../domain/seat.ts";
import { type Db, freshId } from "./db.ts";
import { outbox } from "./schema/outbox.ts";
import { nextGroup, NOBODY_BEFORE, seatIsDead } from "./seating.ts";
import { endWait, endWaitOutside, waitForSeat } from "./waiting.ts";
import { IS_IN, ownParticipant } from "./standing/terms.ts";
import type { Tenant } from "./tenant.ts";

/** Sets that empty a participant's seat. */
const NO_SEAT = sql`group_id = NULL, seat_state = NULL, seat_until = NULL, seat_confirmed_at = NULL, confirmation_source = NULL`;

/**
 * The statements that give back the seats of a community's reservations that ran out, with an event
 * each. Groups are shared by the campaigns of a community, so a seat that is held for nobody is
 * free for all of them. By the index of reservations: what it costs is what has run out.
 */
export function lapsing(community: SQL, now: number | SQL, eventId: number | SQL): [SQL, SQL, SQL] {
  const lapsed = sql`p.seat_state = 'reserved' AND p.seat_until IS NOT NULL AND p.seat_until <= ${now}
    AND EXISTS (SELECT 1 FROM groups held WHERE held.id = p.group_id AND held.community_id = ${community})`;
  const reservations = sql`participants p INDEXED BY participants_lapse WHERE ${lapsed}`;
  return [
    sql`UPDATE groups SET used = used - (SELECT count(*) FROM ${reservations} AND p.group_id = groups.id)
      WHERE id IN (SELECT p.group_id FROM ${reservations})`,
    sql`INSERT INTO outbox (id, workspace_id, campaign_id, kind, subject, data, key, at)
      SELECT ${freshId(outbox, eventId)} + row_number() OVER (ORDER BY p.id) - 1, p.workspace_id, p.campaign_id,
        'seat.lapsed', p.id, '{}', 'seat.lapsed:' || p.id || ':' || p.seat_until, ${now}
      FROM ${reservations} ON CONFLICT (campaign_id, key) DO NOTHING`,
    sql`UPDATE participants AS p INDEXED BY participants_lapse SET ${NO_SEAT} WHERE ${lapsed}`,
  ];
}

/** `lapsing` for a batch that drizzle builds. */
export const lapseSeats = (db: Db, community: SQL, now: number, eventId: number) => {
  const [groups, events, seats] = lapsing(community, now, eventId);
  return [db.q.run(groups), db.q.run(events), db.q.run(seats)] as const;
};

/** The community in which participants `which` sit. */
const communityOf = (which: SQL): SQL =>
  sql`(SELECT c.community_id FROM participants p JOIN campaigns c ON c.id = p.campaign_id WHERE ${which})`;

/** The statements by which participant `which` gives their seat back, if they are out. */
export const giveSeatBack = (db: Db, which: SQL) =>
  [
    db.q.run(sql`UPDATE groups SET used = used - 1 WHERE id = (SELECT p.group_id FROM participants p
      WHERE ${which} AND NOT ${IS_IN} AND p.seat_state IS NOT NULL)`),
    db.q.run(sql`UPDATE participants AS p SET ${NO_SEAT} WHERE ${which} AND NOT ${IS_IN}`),
    endWaitOutside(db, which),
  ] as const;

/** What gives a participant a seat: by which order, and of what kind; and whether who finds none may wait. */
export type Seating = { strategy: Strategy; seat: NewSeat; mayWait: boolean; now: number };

/** The open group for participant `p`, NULL where there is none or somebody waits longer for a seat. */
const groupFor = ({ strategy, now }: Seating): SQL =>
  sql`(SELECT ${nextGroup(strategy, now)} FROM campaigns c WHERE c.id = p.campaign_id AND ${NOBODY_BEFORE})`;

/**
 * The statements that seat participant `which` in the next open group, if there is one: else they wait for it,
 * where people may. A seat that is none any more is given back then, and stays where there is no other: its
 * group may open again. The last statement but one answers a row where a wait is over.
 */
export const takeSeat = (db: Db, which: SQL, seating: Seating, eventId: number) => {
  const { seat, now } = seating;
  const group = groupFor(seating);
  const movable = sql`${which} AND ${IS_IN} AND ${seatIsDead(now)} AND ${group} IS NOT NULL`;
  return [
    ...lapseSeats(db, communityOf(which), now, eventId),
    db.q.run(sql`UPDATE groups SET used = used - 1
      WHERE id = (SELECT p.group_id FROM participants p WHERE ${movable} AND p.seat_state IS NOT NULL)`),
    db.q
      .run(sql`UPDATE participants AS p SET group_id = ${group}, seat_state = ${seat.state}, seat_until = ${seat.until},
        seat_confirmed_at = ${seat.confirmedAt}, confirmation_source = ${seat.source} WHERE ${movable}`),
    // The row that was just changed is the only one that can have got a seat in this batch.
    db.q.run(sql`UPDATE groups SET used = used + 1
      WHERE changes() = 1 AND id = (SELECT p.group_id FROM participants p WHERE ${which})`),
    ...endWait(db, which, now, eventId),
    waitForSeat(db, which, seating, eventId),
  ] as const;
};

/**
 * Seats a participant anew whose seat is none any more, if another group is open. One batch.
 * @returns whether they waited, and need not any more
 */
export async function reseat(db: Db, id: Id, seating: Seating, eventId: number): Promise<boolean> {
  const results: readonly unknown[] = await db.write(
    takeSeat(db, sql`p.id = ${parseId("participant", id)}`, seating, eventId),
  );
  return (results.at(-2) as unknown[]).length === 1;
}

/** Confirms a reserved seat; a confirmed one stays as it is, one that ran out is none. One batch. */
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
      WHERE ${ownParticipant(tenant, id)} AND p.seat_state = 'reserved' AND (p.seat_until IS NULL OR p.seat_until > ${now})`),
  ]);
}
