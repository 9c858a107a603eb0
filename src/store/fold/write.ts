import { type SQL, sql } from "drizzle-orm";
import { FOREVER, WHOLE } from "../../domain/board.ts";
import type { Change, Folding } from "../../domain/fold.ts";
import { type Id, parseId } from "../../domain/id.ts";
import { METRICS } from "../../domain/metrics/index.ts";
import { type Db, jsonQuery } from "../db.ts";

/** The fold has not been moved on by anybody else. */
export const unmoved = (campaign: SQL, version: number): SQL =>
  sql`EXISTS (SELECT 1 FROM folds f WHERE f.campaign_id = ${campaign} AND f.version = ${version})`;

/** Rows in one statement at the most: they are one bound value, and D1 takes none above 2 MB. */
const MAX_ROWS = 10_000;

const parts = (rows: unknown[][]): SQL[] =>
  Array.from(
    { length: Math.ceil(rows.length / MAX_ROWS) },
    (_, i) => sql`json_each(${JSON.stringify(rows.slice(i * MAX_ROWS, (i + 1) * MAX_ROWS))}) j`,
  );

const at = (i: number): SQL => sql.raw(`j.value->>${i}`);

/** The statements that write scores, counts and people, all of them while `guard` holds. */
export const foldingStatements = (db: Db, { tallies, gone, counts, people }: Folding, guard: SQL) => {
  const counted = counts.map((c) => [c.boardId, c.level, c.bucket, c.n]);
  return [
    ...parts(tallies.map((y) => [y.boardId, y.participantId, y.score, y.reachedAt, y.ranked ? 1 : 0])).map(
      (list) =>
        db.q.run(sql`INSERT INTO tallies (board_id, participant_id, score, reached_at, ranked)
        SELECT ${at(0)}, ${at(1)}, ${at(2)}, ${at(3)}, ${at(4)} FROM ${list} WHERE ${guard}
        ON CONFLICT (board_id, participant_id) DO UPDATE
          SET score = excluded.score, reached_at = excluded.reached_at, ranked = excluded.ranked`),
    ),
    ...parts(gone.map((y) => [y.boardId, y.participantId])).map((list) =>
      db.q.run(sql`DELETE FROM tallies WHERE (board_id, participant_id) IN
        (SELECT ${at(0)}, ${at(1)} FROM ${list}) AND ${guard}`),
    ),
    ...parts(counted).map((list) =>
      db.q.run(sql`INSERT INTO board_counts (board_id, level, bucket, n)
        SELECT ${at(0)}, ${at(1)}, ${at(2)}, ${at(3)} FROM ${list} WHERE ${guard}
        ON CONFLICT (board_id, level, bucket) DO UPDATE SET n = n + excluded.n`),
    ),
    ...parts(counted.filter(([, , , n]) => (n as number) < 0)).map((list) =>
      db.q.run(sql`DELETE FROM board_counts WHERE n = 0 AND (board_id, level, bucket) IN
        (SELECT ${at(0)}, ${at(1)}, ${at(2)} FROM ${list}) AND ${guard}`),
    ),
    ...parts(people.map((p) => [p.boardId, p.n])).map((list) =>
      db.q
        .run(sql`UPDATE boards SET people = people + (SELECT ${at(1)} FROM ${list} WHERE ${at(0)} = boards.id)
        WHERE id IN (SELECT ${at(0)} FROM ${list}) AND ${guard}`),
    ),
  ];
};

/** Writes one step of a fold, unless somebody else moved it on meanwhile. One batch. @returns whether it did */
export async function writeFold(
  db: Db,
  campaignId: Id,
  step: { version: number; target: number; changes: readonly Change[]; folding: Folding; now: number },
): Promise<boolean> {
  const campaign = sql`${parseId("campaign", campaignId)}`;
  const guard = unmoved(campaign, step.version);
  const rows = step.changes.map(({ id, now }) => [id, now.inviterId, now.state, now.qualifiedAt]);
  const results = await db.write([
    db.q.run(sql`INSERT INTO credits (participant_id, inviter_id, state, qualified_at)
      SELECT j.value->>0, j.value->>1, j.value->>2, j.value->>3 FROM json_each(${JSON.stringify(rows)}) j WHERE ${guard}
      ON CONFLICT (participant_id) DO UPDATE
        SET inviter_id = excluded.inviter_id, state = excluded.state, qualified_at = excluded.qualified_at`),
    ...foldingStatements(db, step.folding, guard),
    jsonQuery(
      db,
      sql`UPDATE folds SET upto = ${step.target}, version = version + 1, folded_at = ${step.now},
        people = people + ${step.changes.filter(({ was }) => was === null).length}
      WHERE campaign_id = ${campaign} AND version = ${step.version} RETURNING json_array(version)`,
    ),
  ]);
  return (results.at(-1) as [string][]).length === 1;
}

/**
 * Begins a campaign's fold: its row, and the boards of all time that are missing. What was never folded
 * has nothing to build; else a board begins empty and is built. One batch; again, it changes nothing.
 */
export async function beginFold(db: Db, campaignId: Id, now: number): Promise<void> {
  const campaign = sql`${parseId("campaign", campaignId)}`;
  const [first, ...rest] = METRICS.map(({ kind }) =>
    db.q
      .run(sql`INSERT INTO boards (workspace_id, campaign_id, metric, starts_at, ends_at, filter, state, built_upto,
        people, asked_at, created_at)
      SELECT f.workspace_id, f.campaign_id, ${kind}, 0, ${FOREVER}, '', iif(f.upto = 0, 'live', 'building'),
        iif(f.upto = 0, ${WHOLE}, 0), 0, ${now}, ${now}
      FROM folds f WHERE f.campaign_id = ${campaign} AND NOT EXISTS (SELECT 1 FROM boards b
        WHERE b.campaign_id = f.campaign_id AND b.metric = ${kind} AND b.starts_at = 0 AND b.ends_at = ${FOREVER}
          AND b.filter = '' AND b.state IN ('building', 'live'))`),
  );
  await db.write([
    db.q.run(sql`INSERT INTO folds (campaign_id, workspace_id, upto, version, people, folded_at)
      SELECT c.id, c.workspace_id, 0, 0, 0, ${now} FROM campaigns c WHERE c.id = ${campaign}
      ON CONFLICT (campaign_id) DO NOTHING`),
    ...(first === undefined ? [] : [first, ...rest]),
    db.q.run(sql`UPDATE folds SET version = version + 1 WHERE campaign_id = ${campaign}`),
  ]);
}
