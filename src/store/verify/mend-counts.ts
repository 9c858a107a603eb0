import { sql } from "drizzle-orm";
import type { Db } from "../db.ts";
import { scoresOf } from "../fold/terms.ts";

const listed = (ids: readonly number[]) => sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/**
 * Sets how many seats of a group are taken by counting them. One batch.
 * @throws the driver's error where more people sit in it than it has seats
 */
export async function mendGroup(db: Db, id: number): Promise<void> {
  await db.write([
    db.q.run(sql`UPDATE groups SET used = (SELECT count(*) FROM participants p
      WHERE p.group_id = groups.id AND p.seat_state IS NOT NULL) WHERE id = ${id}`),
  ]);
}

/** Sets how often invites were used by counting the ledger's entries. One batch. */
export async function mendUses(db: Db, ids: readonly number[]): Promise<void> {
  await db.write([
    db.q.run(sql`UPDATE invites SET uses = n.uses FROM (
        SELECT i.id, count(l.id) AS uses FROM invites i LEFT JOIN (SELECT l.id, l.invite_id FROM ledger l
          WHERE l.kind = 'joined' AND l.campaign_id IN (SELECT campaign_id FROM invites WHERE id IN ${listed(ids)})) l
          ON l.invite_id = i.id WHERE i.id IN ${listed(ids)} GROUP BY i.id) n
      WHERE invites.id = n.id`),
  ]);
}

/** Adds to the number of people that are folded of a campaign what it is short of. One batch. */
export async function mendPeopleFolded(db: Db, campaignId: number, short: number): Promise<void> {
  await db.write([
    db.q.run(sql`UPDATE folds SET people = people + ${short}, version = version + 1
      WHERE campaign_id = ${campaignId}`),
  ]);
}

/** Sets counts of a board whose rows never change: a final one. One batch. */
export async function mendFinalCounts(
  db: Db,
  boardId: number,
  counts: readonly { level: number; bucket: number; n: number }[],
): Promise<void> {
  const list = sql`json_each(${JSON.stringify(counts)}) j`;
  const isFinal = sql`EXISTS (SELECT 1 FROM boards b WHERE b.id = ${boardId} AND b.state = 'final')`;
  await db.write([
    db.q.run(sql`INSERT INTO board_counts (board_id, level, bucket, n)
      SELECT ${boardId}, j.value->>'level', j.value->>'bucket', j.value->>'n' FROM ${list} WHERE ${isFinal}
      ON CONFLICT (board_id, level, bucket) DO UPDATE SET n = excluded.n`),
    db.q.run(sql`DELETE FROM board_counts WHERE board_id = ${boardId} AND n = 0 AND ${isFinal}`),
  ]);
}

/** Takes away credits of nobody. One batch. */
export async function dropStrayCredits(db: Db, ids: readonly number[]): Promise<void> {
  await db.write([
    db.q.run(sql`DELETE FROM credits WHERE participant_id IN ${listed(ids)}
      AND NOT EXISTS (SELECT 1 FROM participants p WHERE p.id = participant_id)`),
  ]);
}

/** Takes away rows of a board that there is not, at most `limit` of each kind. One batch. @returns whether it took any */
export async function dropStrayRows(db: Db, boardId: number, limit: number): Promise<boolean> {
  const none = sql`NOT EXISTS (SELECT 1 FROM boards b WHERE b.id = ${boardId})`;
  const [tallies, counts] = await db.write([
    db.q.all(sql`DELETE FROM tallies WHERE (board_id, participant_id) IN (${scoresOf(sql`${boardId}`)}
      LIMIT ${limit}) AND ${none} RETURNING 1`),
    db.q
      .all(sql`DELETE FROM board_counts WHERE (board_id, level, bucket) IN (SELECT n.board_id, n.level, n.bucket
      FROM board_counts n WHERE n.board_id = ${boardId} LIMIT ${limit}) AND ${none} RETURNING 1`),
  ]);
  return tallies.length + counts.length > 0;
}
