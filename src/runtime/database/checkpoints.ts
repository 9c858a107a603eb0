import { moduleOf, OWN, type ThreadBeside, threadBeside } from "./thread-beside.ts";

/** Places in the memory that both threads see. `PAUSE` is only ever woken up on. */
export const [COMMITS, PAUSE] = [OWN, OWN + 1];

/** Commits after which a file is busy enough for a thread of its own. */
const BUSY_AFTER = 250;
/** How long writes gather before they are copied, in milliseconds: pages that change often are copied once. */
export const EVERY_MS = 400;

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
  let thread: ThreadBeside | null = null;
  let commits = 0;

  const start = (): ThreadBeside => {
    // Without it commits do the work again, as they did before.
    const onGone = () => setOwn(OWN_CHECKPOINT_PAGES);
    const started = threadBeside(moduleOf("checkpointer"), { path, busyMs }, onGone);
    setOwn(LATE_CHECKPOINT_PAGES);
    return started;
  };

  const tell = (shared: Int32Array) => {
    Atomics.add(shared, COMMITS, 1);
    Atomics.notify(shared, COMMITS);
  };

  return {
    committed: () => {
      if (++commits < BUSY_AFTER) return;
      tell((thread ??= start()).shared);
    },
    close: () => {
      if (thread === null) return;
      const { shared, end } = thread;
      end(() => {
        tell(shared);
        Atomics.notify(shared, PAUSE);
      });
    },
  };
}
