import { bitsOf, BUCKET_LEVELS, EPOCH_SECONDS, isCounted, TIME_BITS } from "../board.ts";

/** How many stand in a bucket of a board's order. */
export type BucketCount = { level: number; bucket: number; n: number };

/**
 * Counts the buckets of rows that come in a board's order, best first: then each bucket is one run, and
 * nothing but the last run of each width is kept.
 */
export function bucketRuns() {
  const open = new Map<number, BucketCount>();
  return {
    /** Takes the next row. @returns the runs that it ends */
    next: (score: number, reachedAt: number): BucketCount[] => {
      const left = 2 ** TIME_BITS - 1 - (Math.floor(reachedAt / 1000) - EPOCH_SECONDS);
      const seconds = Math.max(0, Math.min(2 ** TIME_BITS - 1, left));
      const ended: BucketCount[] = [];
      for (const level of BUCKET_LEVELS) {
        if (!isCounted(level, score)) continue;
        const bits = bitsOf(level);
        // Each part by itself: their sum has more digits than a number keeps, for scores of millions.
        const bucket = Math.floor(score * 2 ** (TIME_BITS - bits)) + Math.floor(seconds / 2 ** bits);
        const run = open.get(level);
        if (run?.bucket === bucket) run.n++;
        else {
          if (run !== undefined) ended.push(run);
          open.set(level, { level, bucket, n: 1 });
        }
      }
      return ended;
    },
    /** The runs that the last rows are in. */
    end: (): BucketCount[] => [...open.values()],
  };
}
