import { type SQL, sql } from "drizzle-orm";
import { type Db, jsonQuery, jsonRows } from "./db.ts";

/** A counter that is not what the ledger gives. `what` names it; both values are as read. */
export type Difference = { what: string; id: number; stored: number; derived: number };

/** What the last entry of some kinds says of each participant. */
const lastOf = (kinds: string, says: string, order = "at DESC, id DESC"): SQL =>
  sql.raw(`SELECT participant_id AS id, ${says} AS n FROM (SELECT *, row_number() OVER (PARTITION BY participant_id
    ORDER BY ${order}) AS nth FROM ledger WHERE kind IN (${kinds})) WHERE nth = 1`);

/**
 * Recomputes every counter and score from the ledger and names each difference. One read.
 * Covers all workspaces: it is the operator's check, never reachable through the API.
 */
export async function findDifferences(db: Db): Promise<Difference[]> {
  const compare = (what: string, stored: SQL, derived: SQL) =>
    jsonQuery(
      db,
      sql`SELECT json_object('what', ${what}, 'id', id, 'stored', sum(stored), 'derived', sum(derived)) FROM (
        SELECT id, n AS stored, 0 AS derived FROM (${stored}) UNION ALL
        SELECT id, 0, n FROM (${derived})) GROUP BY id HAVING sum(stored) <> sum(derived)`,
    );
  const results = await db.read([
    compare(
      "groups.used",
      sql`SELECT id, used AS n FROM groups`,
      sql`SELECT group_id AS id, count(*) AS n FROM participants WHERE seat_state IS NOT NULL GROUP BY group_id`,
    ),
    compare(
      "seats",
      sql`SELECT id, (group_id IS NOT NULL) + (seat_until IS NOT NULL) * 2 + (seat_confirmed_at IS NOT NULL) * 4
        + (confirmation_source IS NOT NULL) * 8 AS n FROM participants`,
      sql`SELECT id, CASE WHEN left_at IS NOT NULL OR standing IS 'removed' THEN 0 WHEN seat_state = 'reserved' THEN 3
        WHEN seat_state = 'confirmed' THEN 13 ELSE 0 END AS n FROM participants`,
    ),
    compare(
      "groups merged",
      sql`SELECT id, (merged_into IS NOT NULL) + used AS n FROM groups WHERE state = 'merged'`,
      sql`SELECT id, 1 AS n FROM groups WHERE state = 'merged'`,
    ),
    compare(
      "people promoted",
      sql`SELECT p.id, 1 AS n FROM waitlist w JOIN participants p ON p.campaign_id = w.campaign_id
        AND p.member_id = w.member_id AND p.attempt = w.attempt AND p.joined_at = w.promoted_at`,
      sql`SELECT participant_id AS id, count(*) AS n FROM ledger WHERE kind = 'joined' AND actor = 'waitlist' GROUP BY participant_id`,
    ),
    compare(
      "people who wait no more",
      sql`SELECT id, promoted_at IS NULL AS n FROM waitlist`,
      sql`SELECT w.id, NOT EXISTS (SELECT 1 FROM participants p
        WHERE p.campaign_id = w.campaign_id AND p.member_id = w.member_id) AS n FROM waitlist w`,
    ),
    compare(
      "invites.uses",
      sql`SELECT id, uses AS n FROM invites`,
      sql`SELECT invite_id AS id, count(*) AS n FROM ledger WHERE kind = 'joined' GROUP BY invite_id`,
    ),
    compare(
      "participants",
      sql`SELECT id, 1 AS n FROM participants`,
      sql`SELECT participant_id AS id, count(*) AS n FROM ledger WHERE kind = 'joined' GROUP BY participant_id`,
    ),
    compare(
      "participants present",
      sql`SELECT id, left_at IS NULL AS n FROM participants`,
      // Of one instant, `left` comes last.
      lastOf("'joined', 'returned', 'left'", "kind <> 'left'", "at DESC, kind = 'left' DESC"),
    ),
    compare(
      "participants standing",
      sql`SELECT id, CASE standing WHEN 'voided' THEN 1 WHEN 'removed' THEN 2 ELSE 0 END AS n FROM participants`,
      lastOf(
        "'voided', 'removed', 'restored'",
        "CASE kind WHEN 'voided' THEN 1 WHEN 'removed' THEN 2 ELSE 0 END",
      ),
    ),
    compare(
      "participants disqualified",
      sql`SELECT id, coalesce(disqualified_at, 0) AS n FROM participants`,
      lastOf("'disqualified', 'reinstated'", "iif(kind = 'disqualified', at, 0)"),
    ),
    compare(
      "inviters",
      sql`SELECT id, coalesce(inviter_id, 0) AS n FROM participants`,
      lastOf("'joined', 'moved'", "coalesce(parent_id, 0)", "kind = 'moved' DESC, at DESC, id DESC"),
    ),
    compare(
      "levels",
      sql`SELECT id, depth + level_shift AS n FROM participants`,
      sql`SELECT p.id, coalesce((SELECT n.depth + n.level_shift + 1 FROM participants n WHERE n.id = p.inviter_id), 0) AS n
        FROM participants p`,
    ),
    compare(
      "own invites",
      sql`SELECT participant_id AS id, count(*) AS n FROM invites WHERE participant_id IS NOT NULL GROUP BY participant_id`,
      sql`SELECT id, 1 AS n FROM participants`,
    ),
  ]);
  return results.flatMap((rows) => jsonRows<Difference>(rows));
}
