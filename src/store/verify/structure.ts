import { type SQL, sql } from "drizzle-orm";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { IS_IN } from "../standing/terms.ts";
import { isOfParticipant } from "../waiting.ts";
import type { Difference, What } from "./difference.ts";

/** Differences that one comparison names at the most. */
const MOST = 10_000;

/**
 * Compares seats, uses and the waitlist of all workspaces with the people and the ledger, and finds rows
 * that hang on nothing. All of it at one moment: these have no version to go by. One read.
 */
export async function findStructure(db: Db): Promise<Difference[]> {
  const compare = (what: What, stored: SQL, derived: SQL) =>
    jsonQuery(
      db,
      sql`SELECT json_object('what', ${what}, 'id', id, 'campaignId', NULL, 'stored', sum(stored), 'derived', sum(derived))
        FROM (SELECT id, n AS stored, 0 AS derived FROM (${stored}) UNION ALL SELECT id, 0, n FROM (${derived}))
        GROUP BY id HAVING sum(stored) <> sum(derived) LIMIT ${MOST}`,
    );
  const wrong = (what: What, rows: SQL) =>
    jsonQuery(
      db,
      sql`SELECT json_object('what', ${what}, 'id', id, 'campaignId', NULL, 'stored', stored, 'derived', derived)
        FROM (${rows}) WHERE stored <> derived LIMIT ${MOST}`,
    );
  /** Boards that rows name, from one to the next: each is a step in an index that begins with the board. */
  const boardsOf = (rows: SQL) =>
    wrong(
      "rows of no board",
      sql`WITH RECURSIVE b(id) AS (SELECT min(y.board_id) FROM ${rows}
          UNION ALL SELECT (SELECT min(y.board_id) FROM ${rows} AND y.board_id > b.id) FROM b WHERE b.id IS NOT NULL)
        SELECT id, 1 AS stored, EXISTS (SELECT 1 FROM boards WHERE boards.id = b.id) AS derived FROM b WHERE id IS NOT NULL`,
    );
  const results = await db.read([
    compare(
      "seats taken",
      sql`SELECT id, used AS n FROM groups`,
      sql`SELECT group_id AS id, count(*) AS n FROM participants WHERE seat_state IS NOT NULL AND group_id IS NOT NULL GROUP BY group_id`,
    ),
    wrong(
      "merged group",
      sql`SELECT id, (merged_into IS NOT NULL) + used AS stored, 1 AS derived FROM groups WHERE state = 'merged'`,
    ),
    compare(
      "promotion",
      sql`SELECT p.id, 1 AS n FROM waitlist w JOIN participants p ON p.campaign_id = w.campaign_id
        AND p.member_id = w.member_id AND p.attempt = abs(w.attempt)
        AND (p.joined_at = w.promoted_at OR (w.promoted_at IS NULL AND w.attempt < 0))`,
      sql`SELECT participant_id AS id, count(*) AS n FROM ledger WHERE kind = 'joined' AND actor = 'waitlist' GROUP BY participant_id`,
    ),
    wrong(
      "place on the waitlist",
      // Who waits is yet to come in, or is in without a seat that they could count on.
      sql`SELECT w.id, w.promoted_at IS NULL AS stored, iif(w.promoted_at IS NULL AND ${isOfParticipant("w")},
          EXISTS (SELECT 1 FROM participants p
            WHERE p.campaign_id = w.campaign_id AND p.member_id = w.member_id AND ${IS_IN}),
          NOT EXISTS (SELECT 1 FROM participants p
            WHERE p.campaign_id = w.campaign_id AND p.member_id = w.member_id)) AS derived FROM waitlist w`,
    ),
    compare(
      "uses",
      sql`SELECT id, uses AS n FROM invites`,
      sql`SELECT invite_id AS id, count(*) AS n FROM ledger WHERE kind = 'joined' GROUP BY invite_id`,
    ),
    wrong(
      "credit of nobody",
      sql`SELECT k.participant_id AS id, 1 AS stored, EXISTS (SELECT 1 FROM participants p WHERE p.id = k.participant_id) AS derived
        FROM credits k`,
    ),
    boardsOf(sql`tallies y INDEXED BY tallies_rank WHERE y.ranked = 1`),
    boardsOf(sql`tallies y INDEXED BY tallies_unranked WHERE y.ranked = 0`),
    boardsOf(sql`board_counts y WHERE true`),
  ]);
  return results.flatMap((rows) => jsonRows<Difference>(rows));
}
