import { setImmediate } from "node:timers/promises";

/** Operations after which a lane lets timers and sockets have their turn. */
const BREATHE = 16;

/**
 * Calls `work` again and again for `ms` milliseconds with `width` calls in flight; answers calls a
 * second. The embedded driver never leaves the microtask queue by itself, hence the pause.
 */
export async function rateOf(width: number, ms: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let done = 0;
  const lane = async () => {
    while (performance.now() - start < ms) {
      await work();
      done++;
      if (done % BREATHE === 0) await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return done / ((performance.now() - start) / 1000);
}
