/** A row as it is stored: best first by score, then by who reached it first, then by id. */
export type Scored = { score: number; reachedAt: number; participantId: string };

/**
 * Competition ranks (1, 2, 2, 4) for consecutive rows of a board.
 * @param above how many participants of the whole board stand before the first row
 * @param aboveScore how many of them have a better score than the first row
 */
export function competitionRanks<T extends { score: number }>(
  rows: readonly T[],
  above: number,
  aboveScore: number,
): (T & { rank: number })[] {
  let rank = aboveScore + 1;
  return rows.map((row, i) => {
    const before = rows[i - 1];
    if (before !== undefined && before.score !== row.score) rank = above + i + 1;
    return { ...row, rank };
  });
}

/** `building`: not whole yet; `live`: kept up to date; `final`: never changes again; `retired`: kept no more. */
export const BOARD_STATES = ["building", "live", "final", "retired"] as const;
export type BoardState = (typeof BOARD_STATES)[number];

/** The end of a window that has none. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

/** `builtUpto` of a board that is whole. */
export const WHOLE = Number.MAX_SAFE_INTEGER;

/**
 * A board's order is by score, then by time. Its key has the score in the high bits and, below, the seconds
 * that were left until 2057 when it was reached: greater is better. Buckets are keys without their lowest
 * bits, at these widths, the narrowest first. A level above 0 divides a tie, into 2^level seconds; the
 * others are whole scores, 2^-level of them: so no place needs more than some dozens of buckets.
 */
export const BUCKET_LEVELS = [8, 14, 20, 0, -5, -11, -18] as const;
/** The score from which on a tie is divided by one level alone: few share such a score, and most with nobody. */
export const SPARSE = 32;
export const SPARSE_LEVEL = 14;
export const TIME_BITS = 30;
export const EPOCH_SECONDS = 1_700_000_000;
/** The level whose buckets are the scores themselves. */
export const SCORES = 0;

/** How many of a key's lowest bits a level leaves out. */
export const bitsOf = (level: number): number => (level > SCORES ? level : TIME_BITS - level);

/** Seconds until the key's time runs out, so that who was earlier has the greater key. */
const secondsLeft = (reachedAt: number): number =>
  Math.min(
    Math.max(2 ** TIME_BITS - 1 - (Math.floor(reachedAt / 1000) - EPOCH_SECONDS), 0),
    2 ** TIME_BITS - 1,
  );

/** How wide the buckets are: those of whole scores in scores, those that divide a tie in seconds. */
const WIDTHS = BUCKET_LEVELS.map((level) => 2 ** Math.abs(level));
/** How many of them a score has, of those that divide a tie. */
const A_SCORE = BUCKET_LEVELS.map((level) => (level > SCORES ? 2 ** (TIME_BITS - level) : 0));

/** Whether a level counts the rows of a score. */
export const isCounted = (level: number, score: number): boolean =>
  score < SPARSE || level <= SCORES || level === SPARSE_LEVEL;

/** The buckets of a row, one a level of `BUCKET_LEVELS`; null where it is not counted. Exact for scores below 2^31. */
export function bucketsOf(score: number, reachedAt: number): (number | null)[] {
  const left = secondsLeft(reachedAt);
  return BUCKET_LEVELS.map((level, i) => {
    if (!isCounted(level, score)) return null;
    const width = WIDTHS[i] as number;
    const inScore = A_SCORE[i] as number;
    return inScore === 0 ? Math.floor(score / width) : score * inScore + Math.floor(left / width);
  });
}
