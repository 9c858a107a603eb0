import { type SQL, sql } from "drizzle-orm";
import {
  bitsOf,
  BUCKET_LEVELS,
  EPOCH_SECONDS,
  SCORES,
  SPARSE,
  SPARSE_LEVEL,
  TIME_BITS,
} from "../domain/board.ts";

const MOST = 2 ** TIME_BITS - 1;

/** Seconds left of a row `t`, as `bucketsOf` counts them. */
const LEFT = `max(0, min(${MOST}, ${MOST} - (t.reached_at / 1000 - ${EPOCH_SECONDS})))`;

/** The place of a row `t` in the board's order, whose leading bits `bucketsOf` counts. */
export const orderKey = `((t.score << ${TIME_BITS}) | ${LEFT})`;

const isScore = (level: number) => level <= SCORES;
const SCORE_LEVELS = BUCKET_LEVELS.filter(isScore);
/** What divides a tie, the narrowest first. */
const TIE_LEVELS = BUCKET_LEVELS.filter((level) => !isScore(level));

/**
 * How many stand in buckets better than that of a key: at each level only those within the next wider
 * one, and at the last within `all`, so the buckets that are read stay few on any board.
 */
function countAbove(board: string, key: string, levels: readonly number[], all?: number): string {
  const sums = levels.map((level, i) => {
    const bits = bitsOf(level);
    const [wider] = [...levels, ...(all === undefined ? [] : [all])].slice(i + 1).map(bitsOf);
    const below = wider === undefined ? "" : `AND n.bucket < ((${key} >> ${wider}) + 1) << ${wider - bits}`;
    return `coalesce((SELECT sum(n.n) FROM board_counts n WHERE n.board_id = ${board}
      AND n.level = ${level} AND n.bucket > ${key} >> ${bits} ${below}), 0)`;
  });
  return sums.join(" + ");
}

/** The first instant of a key's bucket of so many seconds' bits. */
const bucketStart = (key: string, bits: number) =>
  `((${MOST} - (((${key} & ${MOST}) >> ${bits} << ${bits}) | ${2 ** bits - 1})) + ${EPOCH_SECONDS}) * 1000`;

/** How many of a tie stand before row `t`: whole buckets of these levels, and rows of its own narrowest one. */
const tieAbove = (board: string, key: string, levels: readonly number[]): string =>
  `${countAbove(board, key, levels, SCORES)} + (SELECT count(*) FROM tallies s INDEXED BY tallies_rank
    WHERE s.board_id = ${board} AND s.ranked = 1 AND s.score = t.score
      AND s.reached_at >= ${bucketStart(key, bitsOf(levels[0] as number))} AND s.reached_at <= t.reached_at
      AND (s.reached_at, s.participant_id) < (t.reached_at, t.participant_id))`;

/**
 * How many of a board have a better score than row `t`.
 * @param board an SQL expression, like `key`, the row's place in the board's order
 */
export const boardRank = (board: string, key = orderKey): SQL =>
  sql.raw(`(${countAbove(board, key, SCORE_LEVELS)})`);

/** How many of a board with the score of row `t` stand before it. */
export const placeInTie = (board: string, key = orderKey): SQL =>
  sql.raw(`(CASE WHEN t.score < ${SPARSE} THEN ${tieAbove(board, key, TIE_LEVELS)}
    ELSE ${tieAbove(board, key, [SPARSE_LEVEL])} END)`);
