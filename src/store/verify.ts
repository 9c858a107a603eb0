import { type SQL, sql } from "drizzle-orm";
import { type Db, jsonQuery, jsonRows } from "./db.ts";

/** A counter that is not what the ledger gives. `what` names it; both values are as read. */
export type Difference = { what: string; id: number; stored: number; derived: number };

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
      sql`SELECT id, CASE WHEN left_at IS NOT NULL THEN 0 WHEN seat_state = 'reserved' THEN 3
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
      sql`SELECT participant_id AS id, sum(CASE kind WHEN 'left' THEN -1 ELSE 1 END) AS n FROM ledger GROUP BY participant_id`,
    ),
    compare(
      "own invites",
      sql`SELECT participant_id AS id, count(*) AS n FROM invites WHERE participant_id IS NOT NULL GROUP BY participant_id`,
      sql`SELECT id, 1 AS n FROM participants`,
    ),
  ]);
  return results.flatMap((rows) => jsonRows<Difference>(rows));
}
