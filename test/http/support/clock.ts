import { setTimeout } from "node:timers/promises";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Longer than what such a test does takes on a slow machine. */
const MARGIN = 30_000;

/**
 * Waits where a period of the clock would end within a test, in milliseconds of UTC: what counts once an hour
 * would count again, and what is of today would be of yesterday.
 * @param ahead how far the clocks of the place go before those of UTC, in milliseconds
 */
export async function clearOfEnd(period: number, ahead = 0): Promise<void> {
  const left = period - ((Date.now() + ahead) % period);
  if (left < MARGIN) await setTimeout(left);
}
