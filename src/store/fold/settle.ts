import { sql } from "drizzle-orm";
import { type Doubt, doubtKey, type KeptBoard } from "../../domain/fold.ts";
import { metricOf } from "../../domain/metrics/index.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { countsFor, instantFor, matches } from "./terms.ts";

/**
 * The instants of the last credits that are left of scores in doubt, by `doubtKey`; none where nothing is.
 * One read, linear in the people right below: further down it goes only through those whom a filter
 * leaves out, who have no score to go by.
 */
export async function settleDoubts(
  db: Db,
  boards: readonly KeptBoard[],
  doubts: readonly Doubt[],
): Promise<Map<string, number>> {
  const statements = doubts.map((doubt) => {
    const board = boards.find(({ id }) => id === doubt.boardId) as KeptBoard;
    const metric = metricOf(board.metric);
    const instant = sql.raw(instantFor(metric));
    const list = (ids: readonly number[]) => sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;
    const one = sql`top, p.id, CASE WHEN b.filter = '' THEN false ELSE NOT ${matches} END`;
    const further =
      metric.reach === "inviter"
        ? sql``
        : sql`UNION ALL SELECT ${one} FROM below JOIN participants p ON p.inviter_id = below.id AND p.id IS NOT ${doubt.pruned}
            JOIN boards b ON b.id = ${board.id} WHERE below.off`;
    const score =
      metric.reach === "inviter"
        ? sql`0`
        : sql`iif(p.id IN ${list(doubt.changing)}, 0, coalesce((SELECT y.reached_at FROM tallies y
            WHERE y.board_id = ${board.id} AND y.participant_id = p.id), 0))`;
    return jsonQuery(
      db,
      sql`WITH RECURSIVE below(top, id, off) AS (
          SELECT ${one} FROM (SELECT value AS top FROM json_each(${JSON.stringify(doubt.participantIds)})) t
            JOIN participants p ON p.inviter_id = t.top AND p.id IS NOT ${doubt.pruned} JOIN boards b ON b.id = ${board.id}
          ${further})
        SELECT json_array(below.top, max(max(${score}, iif(${sql.raw(countsFor(metric, "k.state"))}
          AND ${instant} >= ${board.startsAt} AND ${instant} < ${board.endsAt} AND p.id <= ${board.builtUpto}
          AND p.id NOT IN ${list(doubt.without)}, ${instant}, 0))))
        FROM below CROSS JOIN participants p ON p.id = below.id LEFT JOIN credits k ON k.participant_id = p.id
        GROUP BY below.top`,
    );
  });
  const known = new Map<string, number>();
  // Who has nobody below has nothing left.
  for (const { boardId, participantIds } of doubts)
    for (const id of participantIds) known.set(doubtKey(boardId, id), 0);
  const [first, ...rest] = statements;
  if (first === undefined) return known;
  const results: readonly (readonly [string][])[] = await db.read([first, ...rest]);
  for (const [i, { boardId }] of doubts.entries()) {
    for (const [id, instant] of jsonRows<[number, number]>(results[i] ?? []))
      known.set(doubtKey(boardId, id), instant);
  }
  return known;
}
