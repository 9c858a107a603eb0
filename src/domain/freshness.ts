/** How far the boards of a campaign are behind. */
export type Lag = {
  /** The first entry of the ledger that is not folded. */
  firstUnfolded: number | null;
  /** Since when somebody has stayed long enough without the ledger saying so. */
  dueSince: number | null;
};

/** A board that is asked for is never older than this, in milliseconds. */
export const MAX_LAG_MS = 1000;

/** How long after a join its boards are folded, at the latest and at the soonest, in milliseconds. */
const FOLLOW_MS = 100;
const FOLLOW_SOONEST_MS = 10;

/**
 * How long after a join its boards are folded where the last fold took `took`, all in milliseconds. Who joins just after
 * a fold began waits for it, for this, and for the next one: under load less is left for this, and nobody waits a second.
 * Not less than that asks for: people who are folded together have inviters in common, and cost less each.
 */
export const followDelay = (took: number): number => Math.max(FOLLOW_SOONEST_MS, FOLLOW_MS - took / 2);

/** The longest that the fold before one took that is worked out beside those who have work, in milliseconds. */
const ASIDE_MS = 150;

/**
 * Whether a fold may be worked out beside those who join. They go on meanwhile, so that it takes
 * longer, and the next one has more to do: where they come too fast for that, it is their turn to wait.
 */
export const mayFoldAside = (took: number): boolean => took <= ASIDE_MS;

/** Folds that readers may ask for at once, and how many more a second: boards follow those who join anyway. */
const BURST = 100;
const PER_SECOND = 1;

/** What is left of the folds that readers may ask for. */
export type Allowance = { left: number; at: number };

/** The allowance at `now`. */
export function refill({ left, at }: Allowance, now: number): Allowance {
  return { left: Math.min(BURST, left + (Math.max(0, now - at) / 1000) * PER_SECOND), at: now };
}

/** A whole allowance. */
export const fullAllowance = (now: number): Allowance => ({ left: BURST, at: now });
