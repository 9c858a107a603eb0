import { type SQL, sql } from "drizzle-orm";
import { type Db, jsonQuery, jsonRows } from "../db.ts";

/** Rows that are read at a time. */
const PAGE = 5000;

/** A row of a board. */
export type BoardRow = [score: number, reachedAt: number, participantId: number];

/** Above every score. */
const TOP = Number.MAX_SAFE_INTEGER;

async function* pagesOf(
  db: Db,
  pageAfter: (row: BoardRow) => SQL,
  first: BoardRow,
): AsyncGenerator<BoardRow[]> {
  for (let last = first; ;) {
    const [page] = await db.read([jsonQuery(db, pageAfter(last))]);
    const rows = jsonRows<BoardRow>(page);
    const next = rows.at(-1);
    if (next === undefined) return;
    yield rows;
    last = next;
  }
}

const ROW = sql.raw("json_array(score, reached_at, participant_id)");

/** The rows of a board that rank, best first, page by page; one read each. */
export const rankedPages = (db: Db, boardId: number): AsyncGenerator<BoardRow[]> =>
  pagesOf(
    db,
    ([score, reachedAt, id]) => sql`SELECT ${ROW} FROM tallies INDEXED BY tallies_rank
      WHERE board_id = ${boardId} AND ranked = 1 AND score <= ${score}
        AND (score < ${score} OR (reached_at, participant_id) > (${reachedAt}, ${id}))
      ORDER BY score DESC, reached_at, participant_id LIMIT ${PAGE}`,
    [TOP, 0, 0],
  );

/** The rows of a board of whoever was disqualified, page by page; one read each. */
export const unrankedPages = (db: Db, boardId: number): AsyncGenerator<BoardRow[]> =>
  pagesOf(
    db,
    ([score, , id]) => sql`SELECT ${ROW} FROM tallies INDEXED BY tallies_unranked
      WHERE board_id = ${boardId} AND ranked = 0 AND (score, participant_id) > (${score}, ${id})
      ORDER BY score, participant_id LIMIT ${PAGE}`,
    [-TOP, 0, 0],
  );
