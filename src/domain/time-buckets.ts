import { offsetAt } from "./calendar.ts";
import { type Window, windowOf } from "./period.ts";

export const BUCKET_KINDS = ["hour", "day", "week", "month"] as const;
/** What a length of time is divided into, on the clocks of a time zone. Weeks begin on Monday. */
export type BucketKind = (typeof BUCKET_KINDS)[number];

/** More than that many are no series that anybody reads. */
export const MAX_BUCKETS = 1000;

const HOUR = 3_600_000;
const NEVER = { from: 0, to: 0 };

/** The first instant in `(low, high]` at which the clocks are not set as they are at `low`. */
function changeWithin(timezone: string, low: number, high: number): number {
  const before = offsetAt(timezone, low);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(timezone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** The hour of an instant: from one full hour of the clocks to the next, or to when they are set anew. */
function hourAt(timezone: string, at: number): Window {
  const offset = offsetAt(timezone, at);
  const past = (((at + offset) % HOUR) + HOUR) % HOUR;
  const [start, end] = [at - past, at - past + HOUR];
  const from = offsetAt(timezone, start) === offset ? start : changeWithin(timezone, start, at);
  const to = offsetAt(timezone, end - 1) === offset ? end : changeWithin(timezone, at, end - 1);
  return { from, to };
}

/** The bucket that holds an instant. Days of 23 and 25 hours are whole days. */
export const bucketAt = (by: BucketKind, timezone: string, at: number): Window =>
  by === "hour" ? hourAt(timezone, at) : windowOf(by, timezone, at, undefined, NEVER);

/**
 * All buckets from the one that holds `from` to the one that holds the last instant before `to`.
 * @returns null when they are more than `MAX_BUCKETS`
 */
export function bucketsBetween(by: BucketKind, timezone: string, from: number, to: number): Window[] | null {
  const buckets: Window[] = [];
  for (let at = from; at < to;) {
    if (buckets.length === MAX_BUCKETS) return null;
    const bucket = bucketAt(by, timezone, at);
    buckets.push(bucket);
    at = bucket.to;
  }
  return buckets;
}

/** The newest buckets up to the one that holds `last`, `count` at the most and none before `first`'s. */
export function bucketsUpTo(
  by: BucketKind,
  timezone: string,
  first: number,
  last: number,
  count: number,
): Window[] {
  const buckets: Window[] = [];
  for (let at = last; at >= first && buckets.length < count;) {
    const bucket = bucketAt(by, timezone, at);
    buckets.push(bucket);
    at = bucket.from - 1;
  }
  return buckets.reverse();
}

/** Adds up counts by instant over buckets that follow each other. `counts` in any order; others are left out. */
export function sumBuckets(
  buckets: readonly Window[],
  counts: readonly (readonly [at: number, n: number])[],
): number[] {
  const sums = buckets.map(() => 0);
  for (const [at, n] of counts) {
    let [low, high] = [0, buckets.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((buckets[middle] as Window).to <= at) low = middle + 1;
      else high = middle;
    }
    if (low < buckets.length && (buckets[low] as Window).from <= at) sums[low] = (sums[low] as number) + n;
  }
  return sums;
}
