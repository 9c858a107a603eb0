import { type SQL, sql } from "drizzle-orm";
import { bitsOf, BUCKET_LEVELS, EPOCH_SECONDS, SCORES, TIME_BITS } from "../domain/board.ts";

const MOST = 2 ** TIME_BITS - 1;

/** Seconds left of a row `t`, as `bucketsOf` counts them. */
const LEFT = `max(0, min(${MOST}, ${MOST} - (t.reached_at / 1000 - ${EPOCH_SECONDS})))`;

/** The place of a row `t` in the board's order, whose leading bits `bucketsOf` counts. */
export const orderKey = `((t.score << ${TIME_BITS}) | ${LEFT})`;

/** The buckets that are whole scores, and those that divide a score by time. */
const isScore = (level: number) => level <= SCORES;
const isTime = (level: number) => level > SCORES;

/**
 * How many stand in buckets better than that of a key: at each level only those within the next wider
 * one, so the buckets that are read stay few on any board.
 */
function countAbove(board: string, key: string, which: (level: number) => boolean): string {
  const sums = BUCKET_LEVELS.flatMap((level, i) => {
    if (!which(level)) return [];
    const bits = bitsOf(level);
    const [wider] = BUCKET_LEVELS.slice(i + 1).map(bitsOf);
    const below = wider === undefined ? "" : `AND n.bucket < ((${key} >> ${wider}) + 1) << ${wider - bits}`;
    return `coalesce((SELECT sum(n.n) FROM board_counts n WHERE n.board_id = ${board}
      AND n.level = ${level} AND n.bucket > ${key} >> ${bits} ${below}), 0)`;
  });
  return `(${sums.join(" + ")})`;
}

const FINEST = bitsOf(BUCKET_LEVELS[0]);

/** The first instant of the finest bucket of a key. */
const bucketStart = (key: string) =>
  `((${MOST} - (((${key} & ${MOST}) >> ${FINEST} << ${FINEST}) | ${2 ** FINEST - 1})) + ${EPOCH_SECONDS}) * 1000`;

/**
 * How many of a board have a better score than row `t`.
 * @param board an SQL expression, like `key`, the row's place in the board's order
 */
export const boardRank = (board: string, key = orderKey): SQL => sql.raw(countAbove(board, key, isScore));

/** How many of a board with the score of row `t` stand before it: whole buckets, and rows of its own finest one. */
export const placeInTie = (board: string, key = orderKey): SQL =>
  sql.raw(`(${countAbove(board, key, isTime)} + (SELECT count(*) FROM tallies s INDEXED BY tallies_rank
  WHERE s.board_id = ${board} AND s.ranked = 1 AND s.score = t.score AND s.reached_at >= ${bucketStart(key)}
    AND s.reached_at <= t.reached_at AND (s.reached_at, s.participant_id) < (t.reached_at, t.participant_id)))`);
