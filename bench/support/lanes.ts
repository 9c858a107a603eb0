import { setImmediate } from "node:timers/promises";

/**
 * Operations of its own after which a lane lets timers and sockets have their turn: those who wait together do so at
 * once, or a few of them come in by a commit of their own ever after.
 */
const BREATHE = 16;

/**
 * Calls `work` again and again for `ms` milliseconds with `width` calls in flight; answers calls a
 * second. The embedded driver never leaves the microtask queue by itself, hence the pause.
 */
export async function rateOf(width: number, ms: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let done = 0;
  const lane = async () => {
    for (let own = 1; performance.now() - start < ms; own++) {
      await work();
      done++;
      if (own % BREATHE === 0) await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return done / ((performance.now() - start) / 1000);
}

/** Does `main`, and `work` again and again beside it for as long as that takes. */
export async function beside<T>(
  work: (turn: number) => Promise<unknown>,
  main: () => Promise<T>,
): Promise<T> {
  const state = { on: true };
  const working = (async () => {
    for (let turn = 0; state.on; turn++) await work(turn);
  })();
  try {
    return await main();
  } finally {
    state.on = false;
    await working;
  }
}
