import { sql } from "drizzle-orm";
import type { NewSeat, Strategy } from "../../domain/allocation.ts";
import { type Id, parseId } from "../../domain/id.ts";
import { type Db, freshId, jsonQuery } from "../db.ts";
import { outbox } from "../schema/outbox.ts";
import { participants } from "../schema/people.ts";
import { lapseSeats } from "../seats.ts";
import { nextSeats, SEAT_COLUMNS } from "../seating.ts";
import { joinEffects } from "./effects.ts";

export type Promotion = {
  campaignId: Id;
  strategy: Strategy;
  seat: NewSeat;
  /** A code for the own invite of each: so many people at the most. */
  codes: readonly string[];
  now: number;
  newId: () => number;
};

/**
 * Gives free seats to those who wait longest, with an entry in the outbox each. Reservations that ran
 * out are given back before. One batch, however many they are, so that a Worker may seat a hundred.
 * The gate was passed when they began to wait.
 * @returns how many got a seat: none when nobody waits, none is free, or the campaign is not open
 */
export async function promoteFirst(db: Db, a: Promotion): Promise<number> {
  const campaign = sql`${parseId("campaign", a.campaignId)}`;
  const now = sql`${a.now}`;
  const { seat } = a;
  const first = sql`SELECT f.id FROM waitlist f WHERE f.campaign_id = ${campaign} AND f.promoted_at IS NULL
    ORDER BY f.id LIMIT ${a.codes.length}`;
  const fresh = sql`p.id IN (SELECT q.id FROM waitlist w JOIN participants q
    ON q.campaign_id = w.campaign_id AND q.member_id = w.member_id AND q.attempt = w.attempt WHERE w.id IN (${first}))`;
  const community = sql`(SELECT c.community_id FROM campaigns c WHERE c.id = ${campaign})`;
  const results = await db.write([
    ...lapseSeats(db, community, a.now, a.newId()),
    db.q
      .run(sql`INSERT INTO participants (id, workspace_id, campaign_id, member_id, parent_id, depth, invited_via,
        ${SEAT_COLUMNS}, gate_version, display_name, attributes, attempt, ticket, joined_at)
      SELECT ${freshId(participants, a.newId())} + s.n - 1, w.workspace_id, c.id, w.member_id, i.participant_id,
        coalesce((SELECT p.depth + 1 FROM participants p WHERE p.id = i.participant_id), 0), i.id,
        s.group_id, ${seat.state}, ${seat.until}, ${seat.confirmedAt}, ${seat.source},
        w.gate_version, w.display_name, w.attributes, w.attempt, w.ticket, ${now}
      FROM (SELECT t.id AS place, row_number() OVER (ORDER BY t.id) AS n FROM (${first}) t) q
        JOIN (${nextSeats(a.strategy, campaign, sql`SELECT count(*) FROM (${first})`, a.now)}) s ON s.n = q.n
        JOIN waitlist w ON w.id = q.place JOIN campaigns c ON c.id = w.campaign_id JOIN invites i ON i.id = w.invited_via
      WHERE c.status = 'published' AND (c.starts_at IS NULL OR c.starts_at <= ${now})
        AND (c.ends_at IS NULL OR c.ends_at > ${now})
      ON CONFLICT (campaign_id, member_id) DO NOTHING`),
    ...joinEffects(db, { fresh, codes: a.codes, actor: "waitlist", newId: a.newId }),
    db.q.run(sql`INSERT INTO outbox (id, workspace_id, campaign_id, kind, subject, data, key, at)
      SELECT ${freshId(outbox, a.newId())} + row_number() OVER (ORDER BY p.id) - 1, p.workspace_id, p.campaign_id,
        'waitlist.promoted', p.id, '{}', 'waitlist.promoted:' || p.id, ${now} FROM participants p WHERE ${fresh}
      ON CONFLICT (campaign_id, key) DO NOTHING`),
    jsonQuery(
      db,
      sql`UPDATE waitlist SET promoted_at = ${now} WHERE id IN (${first}) AND EXISTS (SELECT 1 FROM participants p
        WHERE p.campaign_id = waitlist.campaign_id AND p.member_id = waitlist.member_id AND p.attempt = waitlist.attempt)
      RETURNING json_array(id)`,
    ),
  ]);
  return (results.at(-1) as [string][]).length;
}
