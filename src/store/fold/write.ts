import { type SQL, sql } from "drizzle-orm";
import { FOREVER, WHOLE } from "../../domain/board.ts";
import type { Folding } from "../../domain/fold.ts";
import { type Id, parseId } from "../../domain/id.ts";
import { METRICS } from "../../domain/metrics/index.ts";
import type { Db } from "../db.ts";
import { perShape, prepared } from "../prepared.ts";
import { foldingLists, type List, type Write } from "./lists.ts";

/** The fold has not been moved on by anybody else. */
export const unmoved = (campaign: SQL, version: number | SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM folds f WHERE f.campaign_id = ${campaign} AND f.version = ${version})`;

const at = (i: number): SQL => sql.raw(`j.value->>${i}`);

/**
 * Rows as they are listed where a fold has many: `[[board, of, { key: value }]]`, by what they have in common. A list of
 * lists is felt: each column of each row has SQLite read that row's text again.
 */
const listedIn = (j: SQL, of: "level" | "ranked"): SQL =>
  sql`WITH o AS MATERIALIZED (SELECT ${at(0)} AS board, ${at(1)} AS ${sql.raw(of)}, j.value->2 AS list FROM ${j})`;
const KEY = sql.raw("CAST(k.key AS INTEGER)");

/** The statements that write lists of rows, as JSON in `j`, while a guard holds. */
const WRITES: Record<Write, (j: SQL, guard: SQL) => SQL> = {
  credits: (j, guard) => sql`INSERT INTO credits (participant_id, inviter_id, state, qualified_at)
    SELECT ${at(0)}, ${at(1)}, ${at(2)}, ${at(3)} FROM ${j} WHERE ${guard}
    ON CONFLICT (participant_id) DO UPDATE
      SET inviter_id = excluded.inviter_id, state = excluded.state, qualified_at = excluded.qualified_at`,
  tallies: (
    j,
    guard,
  ) => sql`${listedIn(j, "ranked")} INSERT INTO tallies (board_id, participant_id, score, reached_at, ranked)
    SELECT o.board, ${KEY}, CAST(k.value AS INTEGER), CAST(substr(k.value, instr(k.value, ' ') + 1) AS INTEGER), o.ranked
    FROM o, json_each(o.list) k WHERE ${guard}
    ON CONFLICT (board_id, participant_id) DO UPDATE
      SET score = excluded.score, reached_at = excluded.reached_at, ranked = excluded.ranked`,
  gone: (j, guard) => sql`DELETE FROM tallies WHERE (board_id, participant_id) IN
    (SELECT ${at(0)}, ${at(1)} FROM ${j}) AND ${guard}`,
  counts: (j, guard) => sql`${listedIn(j, "level")} INSERT INTO board_counts (board_id, level, bucket, n)
    SELECT o.board, o.level, ${KEY}, k.value FROM o, json_each(o.list) k WHERE ${guard}
    ON CONFLICT (board_id, level, bucket) DO UPDATE SET n = n + excluded.n`,
  // Of any board: whoever emptied a bucket takes it away, and has an index of them.
  emptied: (_, guard) => sql`DELETE FROM board_counts INDEXED BY board_counts_zero WHERE n = 0 AND ${guard}`,
  people: (j, guard) => sql`UPDATE boards
    SET people = people + (SELECT ${at(1)} FROM ${j} WHERE ${at(0)} = boards.id)
    WHERE id IN (SELECT ${at(0)} FROM ${j}) AND ${guard}`,
};

/** The statements that write scores, counts and people, all of them while `guard` holds. */
export const foldingStatements = (db: Db, folding: Folding, guard: SQL) =>
  foldingLists(folding).map(([write, rows]) => db.q.run(WRITES[write](sql`json_each(${rows}) j`, guard)));

type Step = { campaign: number | null; version: number };

/** The same for a fold, whose text is built once. */
const writing = perShape((write: Write) =>
  prepared<Step & { rows: string }>((slot) => [
    WRITES[write](sql`json_each(${slot("rows")}) j`, unmoved(slot("campaign"), slot("version"))),
  ]),
);

const movingOn = prepared<Step & { target: number; now: number; newcomers: number }>((slot) => [
  sql`UPDATE folds SET upto = ${slot("target")}, version = version + 1, folded_at = ${slot("now")},
      people = people + ${slot("newcomers")}
    WHERE campaign_id = ${slot("campaign")} AND version = ${slot("version")} RETURNING json_array(version)`,
]);

/** Writes one step of a fold, unless somebody else moved it on meanwhile. One batch. @returns whether it did */
export async function writeFold(
  db: Db,
  campaignId: Id,
  step: { version: number; target: number; newcomers: number; lists: readonly List[]; now: number },
): Promise<boolean> {
  const { version, target, newcomers, lists, now } = step;
  const campaign = parseId("campaign", campaignId);
  const results = await db.run("write", [
    ...lists.flatMap(([write, rows]) => writing(write)({ campaign, version, rows })),
    ...movingOn({ campaign, version, target, now, newcomers }),
  ]);
  return results.at(-1)?.length === 1;
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
