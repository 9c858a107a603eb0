import { type SQL, sql } from "drizzle-orm";
import type { NewSeat, Strategy } from "../../domain/allocation.ts";
import { formatId, type Id } from "../../domain/id.ts";
import { openGroups } from "../arrival.ts";
import { type Db, freshId, jsonRows } from "../db.ts";
import { perShape, prepared } from "../prepared.ts";
import { campaigns } from "../schema/campaigns.ts";
import { outbox } from "../schema/outbox.ts";
import { participants } from "../schema/people.ts";
import { lapsing } from "../seats.ts";
import { nextSeats, SEAT_COLUMNS, seatIsDead } from "../seating.ts";
import { isOfParticipant } from "../waiting.ts";
import { crediting, QUALIFYING } from "./credit.ts";
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

/** A promotion as its statements bind it. */
type Bound = NewSeat & { campaignId: Id; now: number; id: number; codes: string; limit: number };

/** The batch of a promotion, built once for each strategy. */
const promotion = perShape((strategy: Strategy) =>
  prepared<Bound>((slot) => {
    const campaign = slot("campaignId", campaigns.id);
    const now = slot("now");
    const id = slot("id");
    const waiting = sql`SELECT f.id, f.attempt FROM waitlist f WHERE f.campaign_id = ${campaign} AND f.promoted_at IS NULL
      ORDER BY f.id LIMIT ${slot("limit")}`;
    /** Those who wait, up to the first, `b`, for whom `end` holds. */
    const upTo = (end: SQL) => sql`SELECT e.id FROM (${waiting}) e
      WHERE e.id < coalesce((SELECT min(b.id) FROM (${waiting}) b WHERE ${end}), 9007199254740991)`;
    // Those who are yet to come in, up to the first who is in already: those are seated by `reseatFirst`.
    const first = upTo(isOfParticipant("b"));
    const isOpen = sql`c.status = 'published' AND (c.starts_at IS NULL OR c.starts_at <= ${now})
          AND (c.ends_at IS NULL OR c.ends_at > ${now})`;
    const fresh = sql`p.id IN (SELECT q.id FROM waitlist w JOIN participants q
      ON q.campaign_id = w.campaign_id AND q.member_id = w.member_id AND q.attempt = w.attempt WHERE w.id IN (${first}))`;
    const community = sql`(SELECT c.community_id FROM campaigns c WHERE c.id = ${campaign})`;
    const credit = crediting({
      invite: sql`w.credited_via`,
      holder: sql`w.holder_id`,
      allowKnown: sql`coalesce(json_extract(c.settings, '$.attribution.allowKnown'), 0)`,
      // They were first seen when they began to wait, if not before.
      now: sql`w.created_at`,
    });
    return [
      ...lapsing(community, now, id),
      sql`INSERT INTO participants (id, workspace_id, campaign_id, member_id, ${credit.columns}, touches,
          ${SEAT_COLUMNS}, gate_version, display_name, attributes, attempt, ticket, ${QUALIFYING.columns})
        SELECT ${freshId(participants, id)} + s.n - 1, w.workspace_id, c.id, w.member_id, ${credit.values}, w.touches,
          s.group_id, ${slot("state")}, ${slot("until")}, ${slot("confirmedAt")}, ${slot("source")},
          w.gate_version, w.display_name, w.attributes, w.attempt, w.ticket, ${QUALIFYING.values(now)}
        FROM (SELECT t.id AS place, row_number() OVER (ORDER BY t.id) AS n FROM (${first}) t) q
          JOIN (${nextSeats(strategy, campaign, sql`SELECT count(*) FROM (${first})`, now)}) s ON s.n = q.n
          JOIN waitlist w ON w.id = q.place JOIN campaigns c ON c.id = w.campaign_id JOIN invites i ON i.id = w.invited_via
          JOIN members m ON m.id = w.member_id ${credit.from}
        WHERE ${isOpen}
        ON CONFLICT (campaign_id, member_id) DO NOTHING`,
      ...joinEffects({ fresh, code: { list: slot("codes") }, actor: sql`'waitlist'`, id, rechecks: true }),
      sql`INSERT INTO outbox (id, workspace_id, campaign_id, kind, subject, data, key, at)
        SELECT ${freshId(outbox, id)} + row_number() OVER (ORDER BY p.id) - 1, p.workspace_id, p.campaign_id,
          'waitlist.promoted', p.id, '{}', 'waitlist.promoted:' || p.id, ${now} FROM participants p WHERE ${fresh}
        ON CONFLICT (campaign_id, key) DO NOTHING`,
      sql`UPDATE waitlist SET promoted_at = ${now} WHERE id IN (${first}) AND EXISTS (SELECT 1 FROM participants p
          WHERE p.campaign_id = waitlist.campaign_id AND p.member_id = waitlist.member_id AND p.attempt = waitlist.attempt)
        RETURNING id`,
      sql`SELECT json_array(p.id) FROM waitlist w JOIN campaigns c ON c.id = w.campaign_id
          JOIN participants p ON p.campaign_id = w.campaign_id AND p.member_id = w.member_id
        WHERE w.id IN (${upTo(sql`NOT ${isOfParticipant("b")}`)}) AND ${isOpen}
          AND (NOT ${seatIsDead(now)} OR EXISTS (SELECT 1 FROM ${openGroups(now)})) ORDER BY w.id`,
    ];
  }),
);

/**
 * Gives free seats to those who wait longest, with an entry in the outbox each. Reservations that ran
 * out are given back before. One batch, however many they are, so that a Worker may seat a hundred.
 * The gate was passed when they began to wait.
 * @returns how many got a seat: none when nobody waits, none is free, or the campaign is not open; and the
 *   participants whose turn it is now, who are to be seated anew
 */
export async function promoteFirst(db: Db, a: Promotion): Promise<{ seated: number; next: Id[] }> {
  const { campaignId, strategy, seat, codes, now, newId } = a;
  const bound = { ...seat, campaignId, now, id: newId(), codes: JSON.stringify(codes), limit: codes.length };
  const results = await db.run("write", promotion(strategy)(bound));
  const next = jsonRows<[number]>((results.at(-1) ?? []) as [string][]);
  return { seated: results.at(-2)?.length ?? 0, next: next.map(([id]) => formatId("participant", id)) };
}
