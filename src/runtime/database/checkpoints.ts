import { Worker } from "node:worker_threads";

/** Places in the memory that both threads see. `PAUSE` is only ever woken up on. */
export const [COMMITS, CLOSING, ENDED, PAUSE] = [0, 1, 2, 3];

/** What the thread is given. */
export type CheckpointerData = { path: string; busyMs: number; everyMs: number; shared: Int32Array };

/** Commits after which a file is busy enough for a thread of its own. */
const BUSY_AFTER = 250;
/** How long writes gather before they are copied, in milliseconds: pages that change often are copied once. */
const EVERY_MS = 400;
/** How long the end of a copy is waited for when the file is closed, in milliseconds. */
const CLOSE_MS = 10_000;

/** Pages in the log at which a commit copies them itself: where no thread does, and where one falls behind. */
export const OWN_CHECKPOINT_PAGES = 10_000;
export const LATE_CHECKPOINT_PAGES = 40_000;

/**
 * Copies a busy file's log into it (SQLite's checkpoint) from a thread beside, which is a third of what a
 * commit costs otherwise. Readers and writers go on meanwhile, and a kill at any moment loses nothing: the
 * log stays until all of it is copied. A quiet file has no such thread.
 * @param setOwn sets from how many pages on a commit of the caller's copies the log itself
 */
export function checkpointsBeside(path: string, busyMs: number, setOwn: (pages: number) => void) {
  const shared = new Int32Array(new SharedArrayBuffer(16));
  let thread: Worker | null = null;
  let commits = 0;

  const start = (): Worker => {
    // Built, it lies beside the bundle; from source, Node strips its types.
    const file = import.meta.url.endsWith(".ts") ? "./checkpointer.ts" : "./checkpointer.mjs";
    const data: CheckpointerData = { path, busyMs, everyMs: EVERY_MS, shared };
    const started = new Worker(new URL(file, import.meta.url), { workerData: data });
    started.unref();
    // Without it commits do the work again, as they did before.
    started.once("error", () => {
      Atomics.store(shared, ENDED, 1);
      if (Atomics.load(shared, CLOSING) === 0) setOwn(OWN_CHECKPOINT_PAGES);
    });
    setOwn(LATE_CHECKPOINT_PAGES);
    return started;
  };

  return {
    committed: () => {
      if (++commits < BUSY_AFTER) return;
      thread ??= start();
      Atomics.add(shared, COMMITS, 1);
      Atomics.notify(shared, COMMITS);
    },
    /** Waits until the thread is out of the database: a process that ends must not meet it there. */
    close: () => {
      if (thread === null) return;
      Atomics.store(shared, CLOSING, 1);
      Atomics.add(shared, COMMITS, 1);
      Atomics.notify(shared, COMMITS);
      Atomics.notify(shared, PAUSE);
      Atomics.wait(shared, ENDED, 0, CLOSE_MS);
    },
  };
}
