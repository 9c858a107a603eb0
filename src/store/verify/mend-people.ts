import { sql } from "drizzle-orm";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { stateNow } from "../fold/terms.ts";
import { deriveState } from "../standing/state.ts";
import { IS_IN } from "../standing/terms.ts";

const listed = (ids: readonly number[]) => sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** The last entry of some kinds of participant `p`: what it says. */
const last = (kinds: string, says: string) =>
  sql.raw(
    `(SELECT ${says} FROM ledger l WHERE l.participant_id = p.id AND l.kind IN (${kinds}) ORDER BY l.at DESC, l.id DESC LIMIT 1)`,
  );

/**
 * Makes the state of participants what their entries say, and takes back seats that are none. Their entries are
 * read in the same batch, so it does not matter what comes in meanwhile. One batch.
 * @param entryId a candidate for the id of the first entry, where one is lacking
 */
export async function mendPeople(
  db: Db,
  campaignId: number,
  ids: readonly number[],
  now: number,
  entryId: number,
): Promise<void> {
  const which = sql`p.id IN ${listed(ids)} AND p.campaign_id = ${campaignId}`;
  await db.write([
    db.q.run(sql`UPDATE participants AS p SET
        standing = nullif(${last("'voided', 'removed', 'released', 'restored'", "iif(l.kind = 'restored', 'good', l.kind)")}, 'good'),
        disqualified_at = ${last("'disqualified', 'reinstated'", "iif(l.kind = 'disqualified', l.at, NULL)")},
        moved_at = ${last("'moved'", "l.at")}, moved_to = ${last("'moved'", "l.parent_id")}
      WHERE ${which}`),
    ...deriveState(db, which, now, entryId),
    // Whoever sits in a group goes on sitting there, whatever is not known of it.
    db.q
      .run(sql`UPDATE participants AS p SET seat_until = NULL, seat_confirmed_at = coalesce(p.seat_confirmed_at, p.joined_at),
        confirmation_source = coalesce(p.confirmation_source, 'operator')
      WHERE ${which} AND p.seat_state = 'confirmed' AND p.group_id IS NOT NULL`),
    db.q.run(sql`UPDATE participants AS p
      SET group_id = NULL, seat_state = NULL, seat_until = NULL, seat_confirmed_at = NULL, confirmation_source = NULL
      WHERE ${which} AND (NOT ${IS_IN} OR p.seat_state IS NULL OR p.group_id IS NULL
        OR (p.seat_until IS NOT NULL) <> (p.seat_state = 'reserved')
        OR (p.seat_confirmed_at IS NOT NULL) <> (p.seat_state = 'confirmed')
        OR (p.confirmation_source IS NOT NULL) <> (p.seat_state = 'confirmed'))`),
  ]);
}

/**
 * Sets the levels of participants, as they were worked out when the ledger's last entry was `upto`: unless
 * somebody was moved since. One batch.
 */
export async function mendLevels(
  db: Db,
  campaignId: number,
  levels: readonly { id: number; level: number }[],
  upto: number,
): Promise<void> {
  await db.write([
    db.q.run(sql`UPDATE participants AS p SET level_shift = j.value->>'level' - p.depth
      FROM json_each(${JSON.stringify(levels)}) j WHERE p.id = j.value->>'id' AND p.campaign_id = ${campaignId}
        AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.campaign_id = ${campaignId} AND l.id > ${upto} AND l.kind = 'moved')`),
  ]);
}

/**
 * Puts back the credits of participants that went, for whoever is folded already: a fold would take who has
 * none for somebody new, and count them again. Boards must be built anew afterwards. One batch.
 * @returns how many there were
 */
export async function putCreditsBack(db: Db, campaignId: number, ids: readonly number[]): Promise<number> {
  const [made] = await db.write([
    jsonQuery(
      db,
      sql`INSERT INTO credits (participant_id, inviter_id, state, qualified_at)
        SELECT p.id, p.inviter_id, ${stateNow}, p.qualified_at FROM participants p
          JOIN folds f ON f.campaign_id = p.campaign_id
        WHERE p.id IN ${listed(ids)} AND p.campaign_id = ${campaignId}
          AND EXISTS (SELECT 1 FROM ledger l WHERE l.participant_id = p.id AND l.id <= f.upto)
        ON CONFLICT (participant_id) DO NOTHING RETURNING json_array(participant_id)`,
    ),
  ]);
  return made.length;
}

/**
 * Makes the credits of participants what they are today, where all of their entries are folded; the rest is
 * the next fold's. Boards are made from credits: they must be built anew afterwards. One batch.
 * @returns how many credits were changed
 */
export async function mendCredits(db: Db, campaignId: number, ids: readonly number[]): Promise<number> {
  const upto = sql`(SELECT f.upto FROM folds f WHERE f.campaign_id = ${campaignId})`;
  const which = sql`p.id IN ${listed(ids)} AND p.campaign_id = ${campaignId}`;
  const results = await db.write([
    jsonQuery(
      db,
      sql`INSERT INTO credits (participant_id, inviter_id, state, qualified_at)
        SELECT p.id, p.inviter_id, ${stateNow}, p.qualified_at FROM participants p LEFT JOIN credits k ON k.participant_id = p.id
        WHERE ${which} AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.participant_id = p.id AND l.id > coalesce(${upto}, 0))
          AND (k.state IS NOT ${stateNow} OR k.inviter_id IS NOT p.inviter_id OR k.qualified_at IS NOT p.qualified_at)
        ON CONFLICT (participant_id) DO UPDATE
          SET inviter_id = excluded.inviter_id, state = excluded.state, qualified_at = excluded.qualified_at
        RETURNING json_array(participant_id)`,
    ),
    // A move keeps the credit's inviter, whatever else is not folded yet.
    jsonQuery(
      db,
      sql`UPDATE credits SET inviter_id = p.inviter_id FROM participants p WHERE p.id = credits.participant_id
        AND ${which} AND credits.inviter_id IS NOT p.inviter_id RETURNING json_array(participant_id)`,
    ),
    jsonQuery(
      db,
      sql`DELETE FROM credits WHERE participant_id IN ${listed(ids)} AND participant_id IN (SELECT p.id FROM participants p
        WHERE ${which} AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.participant_id = p.id AND l.id <= coalesce(${upto}, 0)))
        RETURNING json_array(participant_id)`,
    ),
    db.q.run(sql`UPDATE folds SET version = version + 1 WHERE campaign_id = ${campaignId}`),
  ]);
  const [made, relinked, gone] = results;
  return new Set([...made, ...relinked, ...gone].flatMap((row) => jsonRows<[number]>([row])[0] ?? [])).size;
}
