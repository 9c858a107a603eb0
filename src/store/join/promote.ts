import { sql } from "drizzle-orm";
import type { NewSeat, Strategy } from "../../domain/allocation.ts";
import { type Id, parseId } from "../../domain/id.ts";
import { type Db, freshId, jsonQuery } from "../db.ts";
import { outbox } from "../schema/outbox.ts";
import { participants } from "../schema/people.ts";
import { lapseSeats } from "../seats.ts";
import { nextGroup, SEAT_COLUMNS } from "../seating.ts";
import { joinEffects } from "./effects.ts";

export type Promotion = {
  campaignId: Id;
  strategy: Strategy;
  seat: NewSeat;
  code: string;
  now: number;
  newId: () => number;
};

/**
 * Gives a free seat to whoever waits longest, with an entry in the outbox. One batch; false when nobody
 * waits, no seat is free, or the campaign is not open. The gate was passed when they began to wait.
 */
export async function promoteFirst(db: Db, a: Promotion): Promise<boolean> {
  const campaign = sql`${parseId("campaign", a.campaignId)}`;
  const now = sql`${a.now}`;
  const { seat } = a;
  const first = sql`w.id = (SELECT min(f.id) FROM waitlist f WHERE f.campaign_id = ${campaign} AND f.promoted_at IS NULL)`;
  const fresh = sql`p.campaign_id = ${campaign}
    AND (p.member_id, p.attempt) = (SELECT w.member_id, w.attempt FROM waitlist w WHERE ${first})`;
  const results = await db.write([
    ...lapseSeats(db, campaign, a.now, a.newId()),
    db.q
      .run(sql`INSERT INTO participants (id, workspace_id, campaign_id, member_id, parent_id, depth, invited_via,
        ${SEAT_COLUMNS}, gate_version, display_name, attributes, attempt, ticket, joined_at)
      SELECT ${freshId(participants, a.newId())}, w.workspace_id, c.id, w.member_id, i.participant_id,
        coalesce((SELECT p.depth + 1 FROM participants p WHERE p.id = i.participant_id), 0), i.id,
        ${nextGroup(a.strategy, a.now)} AS seat, ${seat.state}, ${seat.until}, ${seat.confirmedAt}, ${seat.source},
        w.gate_version, w.display_name, w.attributes, w.attempt, w.ticket, ${now}
      FROM waitlist w JOIN campaigns c ON c.id = w.campaign_id JOIN invites i ON i.id = w.invited_via
      WHERE ${first} AND c.id = ${campaign} AND c.status = 'published'
        AND (c.starts_at IS NULL OR c.starts_at <= ${now}) AND (c.ends_at IS NULL OR c.ends_at > ${now})
        AND seat IS NOT NULL
      ON CONFLICT (campaign_id, member_id) DO NOTHING`),
    ...joinEffects(db, { fresh, code: a.code, actor: "waitlist", newId: a.newId }),
    db.q.run(sql`INSERT INTO outbox (id, workspace_id, campaign_id, kind, subject, data, key, at)
      SELECT ${freshId(outbox, a.newId())}, p.workspace_id, p.campaign_id, 'waitlist.promoted', p.id, '{}',
        'waitlist.promoted:' || p.id, ${now} FROM participants p WHERE ${fresh}
      ON CONFLICT (campaign_id, key) DO NOTHING`),
    jsonQuery(db, sql`SELECT json_array(p.id) FROM participants p WHERE ${fresh}`),
    db.q
      .run(sql`UPDATE waitlist SET promoted_at = ${now} WHERE id = (SELECT w.id FROM waitlist w WHERE ${first})
      AND EXISTS (SELECT 1 FROM participants p WHERE ${fresh})`),
  ]);
  const [row] = results.at(-2) as [string][];
  return row !== undefined;
}
