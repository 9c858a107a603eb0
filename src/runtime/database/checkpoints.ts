import { openSync, statSync } from "node:fs";
import { moduleOf, OWN, type ThreadBeside, type ThreadData, threadBeside } from "./thread-beside.ts";

/** Places in the memory that both threads see. `PAUSE` is only ever woken up on; `NEARLY`: all but a little is copied. */
export const [COMMITS, PAUSE, NEARLY] = [OWN, OWN + 1, OWN + 2];

/** Commits after which a file is busy enough for a thread of its own. */
const BUSY_AFTER = 250;
/** How long the log may be before that, in bytes, and how many commits apart it is looked at: crowds commit together. */
const BUSY_BYTES = 4_000_000;
const LOOK_EVERY = 8;
/** How long writes gather before they are copied, in milliseconds: pages that change often are copied once. */
export const EVERY_MS = 200;

/** Pages in the log at which a commit copies them itself: where no thread does, and where one falls behind. */
export const OWN_CHECKPOINT_PAGES = 10_000;
export const LATE_CHECKPOINT_PAGES = 80_000;

/** From how many frames on the log is to begin anew: before, the disk is left to write when it likes. */
export const LONG_FRAMES = 32_000;

/**
 * Rows of a commit that leaves too much behind for its writer to copy: a fold of boards has thousands, each in a page of
 * its own, and took 250 to 400 ms. So the thread catches up again. More than joins have that are written as one.
 */
export const MANY_ROWS = 2_500;

/** What the thread is given, with the file's descriptor. */
export type CheckpointerData = ThreadData & { descriptor: number | null };

const descriptors = new Map<string, number>();

/**
 * A descriptor of the file, by which the thread waits for the disk; null where none can be had. It is never closed:
 * that would take away the locks that the process has on the file, whoever took them (POSIX). Some systems wait for
 * the disk only by one that may write.
 */
function descriptorOf(path: string): number | null {
  try {
    const known = descriptors.get(path) ?? openSync(path, "r+");
    descriptors.set(path, known);
    return known;
  } catch {
    return null;
  }
}

/**
 * Copies a busy file's log into it (SQLite's checkpoint) from a thread beside, which is a third of what a
 * commit costs otherwise. Readers and writers go on meanwhile, and a kill at any moment loses nothing: the
 * log stays until all of it is copied. A quiet file has no such thread; one that a crowd writes has it within a moment.
 *
 * The log begins anew only when all of it is copied, and while somebody writes the thread is never done: then it
 * grew until a commit copied the rest for 200 ms. So the thread catches up, and the writer copies the last bit.
 * @param setOwn sets from how many pages on a commit of the caller's copies the log itself
 * @param copyRest copies what is left of the log now; it does not throw, for the commit before it is done
 */
export function checkpointsBeside(
  path: string,
  busyMs: number,
  setOwn: (pages: number) => void,
  copyRest: () => void,
) {
  let thread: ThreadBeside | null = null;
  let commits = 0;

  const isBusy = (): boolean => {
    if (++commits >= BUSY_AFTER) return true;
    if (commits % LOOK_EVERY !== 0) return false;
    try {
      return statSync(`${path}-wal`).size >= BUSY_BYTES;
    } catch {
      // The commit is done: whoever waits for it must not hear that it failed.
      return false;
    }
  };

  const start = (): ThreadBeside => {
    // Without it commits do the work again, as they did before.
    const onGone = () => setOwn(OWN_CHECKPOINT_PAGES);
    const data: Omit<CheckpointerData, "shared"> = { path, busyMs, descriptor: descriptorOf(path) };
    const started = threadBeside(moduleOf("checkpointer"), data, onGone);
    setOwn(LATE_CHECKPOINT_PAGES);
    return started;
  };

  const tell = (shared: Int32Array) => {
    Atomics.add(shared, COMMITS, 1);
    Atomics.notify(shared, COMMITS);
  };

  return {
    /** Something was committed. @param rows how many rows it wrote, about */
    committed: (rows: number) => {
      if (thread === null && !isBusy()) return;
      const { shared } = (thread ??= start());
      if (Atomics.exchange(shared, NEARLY, 0) === 1 && rows <= MANY_ROWS) copyRest();
      tell(shared);
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
