/**
 * Cycle times, from an inviter's join to the friend's, are counted by span: to the second below a minute or
 * so, above that to a 32nd of their length. So counts stay few, and a quantile is exact to that.
 */
const EXACT = 64;
const PARTS = 32;

/** What is said of a quantile's resolution. */
export const CYCLE_RESOLUTION = "counted to the second below 64 s, above that to a 32nd of its length";

/** The longest time that is told apart, in seconds: two hundred years. */
const LONGEST = 2 ** 33 - 1;

/** The span of a time in milliseconds, as a small number that grows with it. */
export function spanOf(ms: number): number {
  const seconds = Math.min(Math.floor(ms / 1000), LONGEST);
  if (seconds < EXACT) return seconds;
  const shift = Math.floor(Math.log2(seconds)) - 5;
  return shift * PARTS + Math.floor(seconds / 2 ** shift);
}

/** The shortest time of a span, in seconds. */
export function spanSeconds(span: number): number {
  if (span < EXACT) return span;
  const shift = Math.floor(span / PARTS) - 1;
  return (span - shift * PARTS) * 2 ** shift;
}

/** `[upTo, divisor, shift]` of every stretch of spans in seconds, for who must say it in another language. */
export const SPAN_STRETCHES: readonly (readonly [below: number, divisor: number, add: number])[] = Array.from(
  { length: 28 },
  (_, shift) => [EXACT * 2 ** shift, 2 ** shift, shift * PARTS],
);

/** How often each span was counted. */
export type SpanCounts = readonly (readonly [span: number, n: number])[];

/**
 * The value below or at which a share of what was counted lies: the smallest that is enough (nearest rank).
 * @returns seconds; null when nothing was counted
 */
export function quantileOf(counts: SpanCounts, share: number): number | null {
  const sorted = counts.filter(([, n]) => n > 0).sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, n]) => sum + n, 0);
  const wanted = Math.max(1, Math.ceil(total * share));
  let passed = 0;
  for (const [span, n] of sorted) {
    passed += n;
    if (passed >= wanted) return spanSeconds(span);
  }
  return null;
}
