import { type SQL, sql } from "drizzle-orm";
import { type Db, freshId, jsonQuery } from "./db.ts";
import { outbox } from "./schema/outbox.ts";
import { waitlist } from "./schema/people.ts";
import { seatIsDead } from "./seating.ts";
import { IS_IN } from "./standing/terms.ts";

// Participants whose seat is gone wait in the same queue as newcomers. A member has one row in it: that of a
// participant has no attempt (0), or where they came in by the waitlist, that attempt below zero while they wait
// again, for the row goes on saying how they came.

/** Row `w` is one of a participant who waits, and not of somebody who is yet to come in. */
export const isOfParticipant = (w: string): SQL => sql.raw(`${w}.attempt <= 0`);

/** The waits of participants `which`. */
const waitsOf = (which: SQL): SQL =>
  sql`w.promoted_at IS NULL AND ${isOfParticipant("w")} AND (w.campaign_id, w.member_id) IN
    (SELECT p.campaign_id, p.member_id FROM participants p WHERE ${which})`;

/** What a row says once the wait is over; of whoever came in by it, what it said before. */
const over = (now: SQL): SQL =>
  sql`attempt = -w.attempt, promoted_at = iif(w.attempt = 0, ${now}, (SELECT q.joined_at FROM participants q
    WHERE q.campaign_id = w.campaign_id AND q.member_id = w.member_id))`;

/** The statements by which participants `which` wait no more if they have a seat; the last one answers a row for each. */
export function endingWait(which: SQL, now: number | SQL, eventId: number | SQL): [SQL, SQL] {
  const waits = waitsOf(sql`${which} AND NOT ${seatIsDead(now)}`);
  return [
    sql`INSERT INTO outbox (id, workspace_id, campaign_id, kind, subject, data, key, at)
      SELECT ${freshId(outbox, eventId)} + row_number() OVER (ORDER BY w.id) - 1, w.workspace_id, w.campaign_id,
        'waitlist.promoted', (SELECT p.id FROM participants p WHERE p.campaign_id = w.campaign_id
          AND p.member_id = w.member_id), '{}', 'waitlist.promoted:again:' || w.id, ${now}
      FROM waitlist w WHERE ${waits} ON CONFLICT (campaign_id, key) DO NOTHING`,
    sql`UPDATE waitlist AS w SET ${over(sql`${now}`)} WHERE ${waits} RETURNING json_array(id)`,
  ];
}

/** `endingWait` for a batch that drizzle builds. */
export const endWait = (db: Db, which: SQL, now: number, eventId: number) => {
  const [events, waits] = endingWait(which, now, eventId);
  return [db.q.run(events), jsonQuery(db, waits)] as const;
};

/** The statement by which participant `which` waits no more if they are out: they have no claim to a seat. */
export const endWaitOutside = (db: Db, which: SQL) =>
  db.q.run(
    sql`UPDATE waitlist AS w SET ${over(sql`w.created_at`)} WHERE ${waitsOf(sql`${which} AND NOT ${IS_IN}`)}`,
  );

/** The statement by which participant `which` waits if they want a seat: behind all others, or where they stand. */
export const waitForSeat = (
  db: Db,
  which: SQL,
  { mayWait, now }: { mayWait: boolean; now: number },
  id: number,
) =>
  db.q
    .run(sql`INSERT INTO waitlist (id, workspace_id, campaign_id, member_id, invited_via, gate_version, display_name,
      attempt, created_at)
    SELECT ${freshId(waitlist, id)}, p.workspace_id, p.campaign_id, p.member_id, p.invited_via, p.gate_version,
      p.display_name, 0, ${now}
    FROM participants p WHERE ${which} AND ${mayWait ? 1 : 0} AND ${IS_IN} AND ${seatIsDead(now)}
    ON CONFLICT (campaign_id, member_id) DO UPDATE SET id = excluded.id, promoted_at = NULL, attempt = -attempt
      WHERE promoted_at IS NOT NULL`);
