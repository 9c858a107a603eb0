import { type SQL, sql } from "drizzle-orm";
import { BUCKET_LEVELS, EPOCH_SECONDS, TIME_BITS } from "../domain/board.ts";

const MOST = 2 ** TIME_BITS - 1;

/** Seconds left of a row `t`, as `bucketsOf` counts them, and its key in the board's order. */
const LEFT = `max(0, min(${MOST}, ${MOST} - (t.reached_at / 1000 - ${EPOCH_SECONDS})))`;
const KEY = `((t.score << ${TIME_BITS}) | ${LEFT})`;

/**
 * How many stand in buckets better than that of row `t`, from the widest level down to `finest`: at each
 * level only those within the next wider one, so the buckets that are read stay few on any board.
 */
function countAbove(board: string, finest: number): string {
  const levels = BUCKET_LEVELS.filter((level) => level >= finest);
  const sums = levels.map((level, i) => {
    const wider = levels[i + 1];
    const below = wider === undefined ? "" : `AND n.bucket < ((${KEY} >> ${wider}) + 1) << ${wider - level}`;
    return `coalesce((SELECT sum(n.n) FROM board_counts n WHERE n.board_id = ${board}
      AND n.level = ${level} AND n.bucket > ${KEY} >> ${level} ${below}), 0)`;
  });
  return `(${sums.join(" + ")})`;
}

const FINEST = Math.min(...BUCKET_LEVELS);

/** The first instant of the finest bucket of row `t`. */
const BUCKET_START = `((${MOST} - ((${LEFT} >> ${FINEST} << ${FINEST}) | ${2 ** FINEST - 1})) + ${EPOCH_SECONDS}) * 1000`;

/** How many of a board have a better score than row `t`. `board`: an SQL expression. */
export const boardRank = (board: string): SQL => sql.raw(countAbove(board, TIME_BITS));

/** How many of a board stand before row `t`: whole buckets, and the rows of its own finest one. */
export const positionOf = (board: string): SQL =>
  sql.raw(`(${countAbove(board, FINEST)} + (SELECT count(*) FROM tallies s INDEXED BY tallies_rank
  WHERE s.board_id = ${board} AND s.ranked = 1 AND s.score = t.score AND s.reached_at >= ${BUCKET_START}
    AND s.reached_at <= t.reached_at AND (s.reached_at, s.participant_id) < (t.reached_at, t.participant_id)))`);
