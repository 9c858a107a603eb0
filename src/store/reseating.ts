import { sql } from "drizzle-orm";
import type { NewSeat, Strategy } from "../domain/allocation.ts";
import { type Id, parseId } from "../domain/id.ts";
import type { Db } from "./db.ts";
import { perShape, prepared } from "./prepared.ts";
import { campaigns } from "./schema/campaigns.ts";
import { lapsing } from "./seats.ts";
import { nextSeats, seatIsDead } from "./seating.ts";
import { endingWait, isOfParticipant } from "./waiting.ts";
import { IS_IN } from "./standing/terms.ts";

/** Participants at the head of a campaign's queue, and what gives them a seat. */
export type Reseating = {
  campaignId: Id;
  ids: readonly Id[];
  strategy: Strategy;
  seat: NewSeat;
  now: number;
  newId: () => number;
};

type Bound = NewSeat & { campaignId: Id; ids: string; now: number; id: number };

/** The batch, built once for each strategy. */
const reseating = perShape((strategy: Strategy) =>
  prepared<Bound>((slot) => {
    const [campaign, now, id] = [slot("campaignId", campaigns.id), slot("now"), slot("id")];
    const named = sql`SELECT value FROM json_each(${slot("ids")})`;
    /** The first who waits and is not named: nobody of the list is seated past them. */
    const outsider = sql`SELECT o.id FROM waitlist o INDEXED BY waitlist_open LEFT JOIN participants p
        ON p.campaign_id = o.campaign_id AND p.member_id = o.member_id
      WHERE o.campaign_id = ${campaign} AND o.promoted_at IS NULL AND (p.id IS NULL OR p.id NOT IN (${named}))
      ORDER BY o.id LIMIT 1`;
    const which = sql`p.id IN (${named}) AND p.campaign_id = ${campaign}`;
    /** `(p, w)`: those of the list who wait. From the list on: the queue may be long. */
    const waiting = sql`(${named}) j CROSS JOIN participants p ON p.id = j.value AND p.campaign_id = ${campaign}
        CROSS JOIN waitlist w ON w.campaign_id = p.campaign_id AND w.member_id = p.member_id
      WHERE w.promoted_at IS NULL AND ${isOfParticipant("w")}`;
    /** `(id, group_id)` of those who get a seat, and where. */
    const given = sql`WITH q AS MATERIALIZED (SELECT p.id, row_number() OVER (ORDER BY w.id) AS n
        FROM ${waiting} AND w.id < coalesce((${outsider}), 9007199254740991) AND ${IS_IN} AND ${seatIsDead(now)}),
      s AS MATERIALIZED (${nextSeats(strategy, campaign, sql`SELECT count(*) FROM q`, now)})
      SELECT q.id, s.group_id FROM q JOIN s ON s.n = q.n`;
    return [
      ...lapsing(sql`(SELECT c.community_id FROM campaigns c WHERE c.id = ${campaign})`, now, id),
      // Whose group opened again: from here on, a good seat is one that this very batch gave.
      ...endingWait(which, now, id),
      sql`UPDATE groups SET used = used - k.n FROM (SELECT p.group_id AS of, count(*) AS n
          FROM (${given}) a CROSS JOIN participants p ON p.id = a.id WHERE p.seat_state IS NOT NULL GROUP BY 1) k
        WHERE id = k.of`,
      sql`UPDATE participants AS m SET group_id = a.group_id, seat_state = ${slot("state")},
          seat_until = ${slot("until")}, seat_confirmed_at = ${slot("confirmedAt")}, confirmation_source = ${slot("source")}
        FROM (${given}) a WHERE m.id = a.id`,
      sql`UPDATE groups SET used = used + k.n FROM (SELECT p.group_id AS of, count(*) AS n
          FROM ${waiting} AND NOT ${seatIsDead(now)} GROUP BY 1) k WHERE id = k.of`,
      ...endingWait(which, now, id),
    ];
  }),
);

/**
 * Seats the participants who are named, in the order in which they wait, as far as seats go; nobody of them
 * before somebody who waits longer and is not named. Who has a good seat by now waits no more. One batch,
 * which gives the seats that `reseat` would give them one after the other.
 * @returns how many need not wait any more
 */
export async function reseatFirst(db: Db, { campaignId, ids, strategy, seat, now, newId }: Reseating) {
  const numbers = JSON.stringify(ids.map((id) => parseId("participant", id)));
  const bound = { ...seat, campaignId, ids: numbers, now, id: newId() };
  const results = await db.run("write", reseating(strategy)(bound));
  // Only the ends of waits answer rows.
  return results.flat().length;
}
