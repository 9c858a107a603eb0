/** How far a board is behind: how many entries of the ledger are not folded, and the first of them. */
export type Lag = { unfolded: number; firstUnfolded: number | null };

/** A board that is asked for is never older than this, in milliseconds. */
export const MAX_LAG_MS = 1000;

/** Folds that readers may ask for at once, and how many more a second: joins come first. */
const BURST = 100;
const PER_SECOND = 20;

/** What is left of the folds that readers may ask for. */
export type Allowance = { left: number; at: number };

/** The allowance at `now`. */
export function refill({ left, at }: Allowance, now: number): Allowance {
  return { left: Math.min(BURST, left + (Math.max(0, now - at) / 1000) * PER_SECOND), at: now };
}

/** A whole allowance. */
export const fullAllowance = (now: number): Allowance => ({ left: BURST, at: now });
