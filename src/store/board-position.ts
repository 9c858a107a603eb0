import { type SQL, sql } from "drizzle-orm";
import {
  bitsOf,
  BUCKET_LEVELS,
  EPOCH_SECONDS,
  FOREVER,
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

/** How many stand in some buckets of a level. */
const countIn = (board: string, level: number, which: string): string =>
  `coalesce((SELECT sum(n.n) FROM board_counts n WHERE n.board_id = ${board} AND n.level = ${level} AND n.bucket ${which}), 0)`;

/** A bucket of more narrower ones than this may have them all in one half, and then nearest edges are no nearer. */
const MOST_HALVED = 2 ** 6;

/** Whether a key is in the better half of its bucket of so many bits: then that one's better edge is the nearest. */
const inBetterHalf = (key: string, bits: number): string => `${key} & ${2 ** (bits - 1)}`;

/** The first bucket of a level from the edge on that is nearest to a key. */
const nearestEdge = (key: string, bits: number): string => `(((${key} >> ${bits - 1}) + 1) >> 1)`;

/**
 * How many stand in whole buckets better than a key, of these levels, the narrowest first; at the last one within a
 * bucket of `within`. At each level those count that lie between two edges: the one nearest to the key, and the
 * next wider level's; those behind the key are taken away again. So the buckets that are read stay few on any board.
 * @param from the first bucket of the narrowest level that counts
 */
function countAbove(
  board: string,
  key: string,
  levels: readonly number[],
  from: string,
  within?: number,
): string {
  let first = from;
  const sums = levels.map((level, i) => {
    const wider = levels[i + 1] ?? within;
    if (wider === undefined) return countIn(board, level, `>= ${first}`);
    const [bits, shift] = [bitsOf(wider), bitsOf(wider) - bitsOf(level)];
    const [start, here] = [`(${key} >> ${bits} << ${shift})`, first];
    const above = countIn(board, level, `>= ${here} AND n.bucket < ${start} + ${2 ** shift}`);
    const isHalved = 2 ** shift <= MOST_HALVED;
    first = isHalved ? nearestEdge(key, bits) : `(${key} >> ${bits}) + 1`;
    if (!isHalved) return above;
    return `CASE WHEN ${inBetterHalf(key, bits)} THEN ${above}
      ELSE -${countIn(board, level, `>= ${start} AND n.bucket < ${here}`)} END`;
  });
  return sums.join(" + ");
}

/** The instants from which, and before which, a key's bucket of so many bits lies; the outermost reach beyond the range. */
function bucketSpan(key: string, bits: number): [from: string, before: string] {
  const bucket = `((${key} & ${MOST}) >> ${bits})`;
  const from = `((${MOST >> bits} - ${bucket} << ${bits}) + ${EPOCH_SECONDS}) * 1000`;
  return [
    `iif(${bucket} = ${MOST >> bits}, 0, ${from})`,
    `iif(${bucket} = 0, ${FOREVER}, ${from} + ${2 ** bits * 1000})`,
  ];
}

/** How many of a tie stand before row `t`: whole buckets of these levels, and rows up to the nearest edge of one. */
function tieAbove(board: string, key: string, levels: readonly number[]): string {
  const bits = bitsOf(levels[0] as number);
  const [from, before] = bucketSpan(key, bits);
  const rows = (which: string) => `(SELECT count(*) FROM tallies s INDEXED BY tallies_rank
    WHERE s.board_id = ${board} AND s.ranked = 1 AND s.score = t.score AND ${which})`;
  // Ranges of the index, for none of whose rows anything is compared; the first is of one instant.
  return `${rows("s.reached_at = t.reached_at AND s.participant_id < t.participant_id")}
    + CASE WHEN ${inBetterHalf(key, bits)} THEN ${rows(`s.reached_at >= ${from} AND s.reached_at < t.reached_at`)}
      ELSE -${rows(`s.reached_at >= t.reached_at AND s.reached_at < ${before}`)} END
    + ${countAbove(board, key, levels, nearestEdge(key, bits), SCORES)}`;
}

/**
 * How many of a board have a better score than row `t`.
 * @param board an SQL expression, like `key`, the row's place in the board's order
 */
export const boardRank = (board: string, key = orderKey): SQL =>
  sql.raw(`(${countAbove(board, key, SCORE_LEVELS, `(${key} >> ${TIME_BITS}) + 1`)})`);

/** How many of a board with the score of row `t` stand before it. */
export const placeInTie = (board: string, key = orderKey): SQL =>
  sql.raw(`(CASE WHEN t.score < ${SPARSE} THEN ${tieAbove(board, key, TIE_LEVELS)}
    ELSE ${tieAbove(board, key, [SPARSE_LEVEL])} END)`);
