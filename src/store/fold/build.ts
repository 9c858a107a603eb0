import { sql } from "drizzle-orm";
import { FOREVER, WHOLE } from "../../domain/board.ts";
import type { Change, Folding, KeptBoard, Standee } from "../../domain/fold.ts";
import { type Id, parseId } from "../../domain/id.ts";
import type { BoardName } from "../board.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { standeesOf } from "./read.ts";
import { readChanges, readStandees } from "./stored.ts";
import { keptBoards, scoresOf } from "./terms.ts";
import { foldingStatements, unmoved } from "./write.ts";

/** Boards of periods and filters that a campaign keeps up to date at the most; who is asked for least goes. */
const MAX_KEPT = 64;

/**
 * Has a board be kept from now on: it begins empty and is built. One batch; again, it changes nothing but
 * when it was last asked for. Where there are too many, the one that nobody asked for longest is retired.
 */
export async function openBoard(db: Db, campaignId: Id, name: BoardName, now: number): Promise<void> {
  const campaign = sql`${parseId("campaign", campaignId)}`;
  const { metric, startsAt, endsAt, filter } = name;
  const same = sql`b.campaign_id = ${campaign} AND b.metric = ${metric} AND b.starts_at = ${startsAt}
    AND b.ends_at = ${endsAt} AND b.filter = ${filter} AND b.state IN ('building', 'live')`;
  const extra = sql`SELECT b.id FROM boards b WHERE b.campaign_id = ${campaign} AND b.state IN ('building', 'live')
    AND NOT (b.starts_at = 0 AND b.filter = '')`;
  await db.write([
    db.q.run(sql`UPDATE boards SET state = 'retired' WHERE id IN (${extra} ORDER BY b.asked_at DESC, b.id DESC
      LIMIT -1 OFFSET ${MAX_KEPT - 1}) AND NOT EXISTS (SELECT 1 FROM boards b WHERE ${same})`),
    db.q
      .run(sql`INSERT INTO boards (workspace_id, campaign_id, metric, starts_at, ends_at, filter, state, built_upto,
        people, asked_at, created_at)
      SELECT f.workspace_id, f.campaign_id, ${metric}, ${startsAt}, ${endsAt}, ${filter},
        iif(f.upto = 0, 'live', 'building'), iif(f.upto = 0, ${WHOLE}, 0), 0, ${now}, ${now}
      FROM folds f WHERE f.campaign_id = ${campaign} AND NOT EXISTS (SELECT 1 FROM boards b WHERE ${same})`),
    db.q.run(sql`UPDATE boards AS b SET asked_at = ${now} WHERE ${same}`),
    db.q.run(sql`UPDATE folds SET version = version + 1 WHERE campaign_id = ${campaign}`),
  ]);
}

/**
 * Begins the live boards of all time anew that have no successor yet: empty, to be built. When one is
 * whole it takes the old one's place. One batch; again, it changes nothing.
 * @param finalises the old ones become final, as of then; null: they are retired
 */
export async function succeedBoards(
  db: Db,
  campaignId: Id,
  finalises: number | null,
  now: number,
): Promise<void> {
  const campaign = sql`${parseId("campaign", campaignId)}`;
  await db.write([
    db.q
      .run(sql`INSERT INTO boards (workspace_id, campaign_id, metric, starts_at, ends_at, filter, state, built_upto,
        people, asked_at, created_at, finalises)
      SELECT b.workspace_id, b.campaign_id, b.metric, b.starts_at, b.ends_at, b.filter, 'building', 0, 0, ${now}, ${now}, ${finalises}
      FROM boards b WHERE b.campaign_id = ${campaign} AND b.state = 'live' AND b.starts_at = 0 AND b.ends_at = ${FOREVER}
        AND b.filter = '' AND NOT EXISTS (SELECT 1 FROM boards o WHERE o.campaign_id = b.campaign_id AND o.metric = b.metric
          AND o.starts_at = b.starts_at AND o.ends_at = b.ends_at AND o.filter = b.filter
          AND (o.state = 'building' OR o.state = 'final' AND ${finalises === null ? 0 : 1}))`),
    db.q.run(sql`UPDATE folds SET version = version + 1 WHERE campaign_id = ${campaign}`),
  ]);
}

/**
 * Begins all boards of a campaign anew that are kept: empty, to be built, while readers go on with the old
 * ones. When one is whole it takes the old one's place. What is being built already begins again, and a
 * board that was to become final does not: whoever closes it asks again. One batch.
 */
export async function reopenBoards(db: Db, campaignId: Id, now: number): Promise<void> {
  const campaign = sql`${parseId("campaign", campaignId)}`;
  // Of a name only one may be under way: the new ones come in as retired, and change places with the old.
  const fresh = -1;
  await db.write([
    db.q
      .run(sql`INSERT INTO boards (workspace_id, campaign_id, metric, starts_at, ends_at, filter, state, built_upto,
        people, asked_at, created_at)
      SELECT b.workspace_id, b.campaign_id, b.metric, b.starts_at, b.ends_at, b.filter, 'retired', ${fresh}, 0,
        max(b.asked_at), ${now}
      FROM boards b WHERE ${keptBoards(campaign)} GROUP BY b.metric, b.starts_at, b.ends_at, b.filter`),
    db.q.run(sql`UPDATE boards SET state = 'retired' WHERE campaign_id = ${campaign} AND state = 'building'`),
    db.q.run(sql`UPDATE boards SET state = 'building', built_upto = 0
      WHERE campaign_id = ${campaign} AND state = 'retired' AND built_upto = ${fresh}`),
    db.q.run(sql`UPDATE folds SET version = version + 1 WHERE campaign_id = ${campaign}`),
  ]);
}

/** The next part of a board that is being built. */
export type BuildRead = {
  version: number;
  board: KeptBoard & { filter: string; finalises: number | null };
  changes: Change[];
  standees: Standee[];
  /** Up to whom the board is built after this part: `WHOLE` when none is left. */
  upto: number;
};

/**
 * Reads the next credits of a board that is being built, of `limit` participants at the most. One read.
 * @param notBefore participants with lesser ids cannot have a credit in its window
 * @returns undefined when there is no such board, or it is built
 */
export async function readBuild(
  db: Db,
  campaignId: Id,
  boardId: number,
  notBefore: number,
  limit: number,
): Promise<BuildRead | undefined> {
  const campaign = sql`${parseId("campaign", campaignId)}`;
  const tables = sql`board AS MATERIALIZED (SELECT b.id, b.built_upto FROM boards b
      WHERE b.id = ${boardId} AND b.campaign_id = ${campaign} AND b.state = 'building'),
    t(id) AS MATERIALIZED (SELECT p.id FROM board JOIN participants p
      ON p.campaign_id = ${campaign} AND p.id > max(board.built_upto, ${notBefore}) ORDER BY p.id LIMIT ${limit}),
    d(id) AS (SELECT id FROM t WHERE false)`;
  const [heads, changes, standees] = await db.read([
    jsonQuery(
      db,
      sql`WITH ${tables} SELECT json_object('version', f.version, 'last', (SELECT max(id) FROM t), 'count', (SELECT count(*) FROM t),
        'board', json_object('id', b.id, 'metric', b.metric, 'startsAt', b.starts_at, 'endsAt', b.ends_at,
          'builtUpto', ${WHOLE}, 'filter', b.filter, 'finalises', b.finalises))
      FROM board JOIN boards b ON b.id = board.id JOIN folds f ON f.campaign_id = b.campaign_id`,
    ),
    jsonQuery(
      db,
      sql`WITH ${tables} SELECT json_array(p.id, p.joined_at, k.inviter_id, k.state, k.qualified_at, NULL, NULL, NULL)
        FROM t JOIN participants p ON p.id = t.id JOIN credits k ON k.participant_id = p.id`,
    ),
    jsonQuery(db, standeesOf(tables, sql`b.id = ${boardId}`)),
  ]);
  type Head = { version: number; last: number | null; count: number; board: BuildRead["board"] };
  const [head] = jsonRows<Head>(heads);
  if (head === undefined) return undefined;
  return {
    version: head.version,
    board: head.board,
    changes: readChanges(changes),
    standees: readStandees(standees),
    upto: head.count < limit || head.last === null ? WHOLE : head.last,
  };
}

/**
 * Writes a part of a board, unless the campaign's boards were changed meanwhile. A board that is whole goes
 * live, and takes the place of the one of the same name, which becomes `final` or is retired. One batch.
 * @returns whether it did
 */
export async function writeBuild(
  db: Db,
  campaignId: Id,
  { version, board, upto }: BuildRead,
  folding: Folding,
): Promise<boolean> {
  const campaign = sql`${parseId("campaign", campaignId)}`;
  const guard = unmoved(campaign, version);
  const done = upto === WHOLE;
  const results = await db.write([
    db.q.run(sql`UPDATE boards SET built_upto = ${upto} WHERE id = ${board.id} AND ${guard}`),
    ...foldingStatements(db, folding, guard),
    db.q
      .run(sql`UPDATE boards SET state = ${board.finalises === null ? "retired" : "final"}, final_at = ${board.finalises}
      WHERE campaign_id = ${campaign} AND metric = ${board.metric} AND starts_at = ${board.startsAt}
        AND ends_at = ${board.endsAt} AND filter = ${board.filter} AND state = 'live' AND ${done ? 1 : 0} AND ${guard}`),
    db.q.run(sql`UPDATE boards SET state = 'live' WHERE id = ${board.id} AND ${done ? 1 : 0} AND ${guard}`),
    jsonQuery(
      db,
      sql`UPDATE folds SET version = version + 1 WHERE campaign_id = ${campaign} AND version = ${version}
        RETURNING json_array(version)`,
    ),
  ]);
  return (results.at(-1) as [string][]).length === 1;
}

/** Empties retired boards, at most `limit` rows a time. One batch. @returns whether there may be more */
export async function sweepRetired(db: Db, limit: number): Promise<boolean> {
  const retired = sql`SELECT id FROM boards WHERE state = 'retired' ORDER BY id LIMIT 1`;
  const results = await db.write([
    db.q.run(
      sql`DELETE FROM tallies WHERE (board_id, participant_id) IN (${scoresOf(sql`(${retired})`)} LIMIT ${limit})`,
    ),
    db.q
      .run(sql`DELETE FROM board_counts WHERE (board_id, level, bucket) IN (SELECT n.board_id, n.level, n.bucket
      FROM board_counts n WHERE n.board_id = (${retired}) LIMIT ${limit})`),
    jsonQuery(
      db,
      sql`DELETE FROM boards WHERE id = (${retired}) AND NOT EXISTS (${scoresOf(sql`boards.id`)})
        AND NOT EXISTS (SELECT 1 FROM board_counts n WHERE n.board_id = boards.id) RETURNING json_array(id)`,
    ),
    jsonQuery(db, sql`SELECT json_array(EXISTS (SELECT 1 FROM boards WHERE state = 'retired'))`),
  ]);
  return jsonRows<[number]>(results[3])[0]?.[0] === 1;
}
