import { openSync } from "node:fs";
import { sizeOf } from "./size-of.ts";
import { moduleOf, OWN, type ThreadBeside, type ThreadData, threadBeside } from "./thread-beside.ts";

/**
 * Places in the memory that both threads see. `PAUSE` is only ever woken up on; `NEARLY`: all but a little is copied;
 * `LONG`: see `longFrames`.
 */
export const [COMMITS, PAUSE, NEARLY, LONG] = [OWN, OWN + 1, OWN + 2, OWN + 3];

/** Commits after which a file is busy enough for a thread of its own. */
const BUSY_AFTER = 250;
/** How long the log may be before that, in bytes, and how many commits apart it is looked at: crowds commit together. */
const BUSY_BYTES = 4_000_000;
const LOOK_EVERY = 8;
/** How long writes gather before they are copied, in milliseconds: pages that change often are copied once. */
export const EVERY_MS = 200;

/** Pages in the log at which a commit copies them itself, where no thread does. */
export const OWN_CHECKPOINT_PAGES = 10_000;

/** From how many frames on the log of a small file is to begin anew, and that of the largest. */
const [FEWEST_FRAMES, MOST_FRAMES] = [32_000, 128_000];
/** So many bytes of the file have a frame in the log. */
const BYTES_A_FRAME = 8_192;

/**
 * From how many frames on the log of a file of `bytes` is to begin anew. Then the disk must have the file's pages, and
 * whoever commits meanwhile waits behind those; before, it writes them when it likes. The longer that is put off, the
 * more pages of a large file are written once instead of twice.
 */
export const longFrames = (bytes: number): number =>
  Math.round(Math.min(MOST_FRAMES, Math.max(FEWEST_FRAMES, bytes / BYTES_A_FRAME)));

/** From how many on a commit copies them itself all the same, because the thread falls behind. */
export const lateFrames = (bytes: number): number => Math.round(2.5 * longFrames(bytes));

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
 * @param tune sets from how many pages on a commit of the caller's copies the log itself, in a file of so many bytes
 * @param copyRest copies what is left of the log now; it does not throw, for the commit before it is done
 */
export function checkpointsBeside(
  path: string,
  busyMs: number,
  tune: (ownPages: number, bytes: number) => void,
  copyRest: () => void,
) {
  let thread: ThreadBeside | null = null;
  let commits = 0;

  const isLong = (): boolean => sizeOf(`${path}-wal`) >= BUSY_BYTES;
  const isBusy = (): boolean => ++commits >= BUSY_AFTER || (commits % LOOK_EVERY === 0 && isLong());

  /** Has the log be as long as suits the file, which grows. */
  const fit = ({ shared }: ThreadBeside) => {
    const bytes = sizeOf(path);
    Atomics.store(shared, LONG, longFrames(bytes));
    tune(lateFrames(bytes), bytes);
  };

  const start = (): ThreadBeside => {
    // Without it commits do the work again, as they did before.
    const onGone = () => {
      Atomics.store(started.shared, NEARLY, 0);
      tune(OWN_CHECKPOINT_PAGES, sizeOf(path));
    };
    const data: Omit<CheckpointerData, "shared"> = { path, busyMs, descriptor: descriptorOf(path) };
    const started = threadBeside(moduleOf("checkpointer"), data, onGone);
    fit(started);
    return started;
  };

  const tell = (shared: Int32Array) => {
    Atomics.add(shared, COMMITS, 1);
    Atomics.notify(shared, COMMITS);
  };

  // What a kill left is for the thread too: the first commit would take a second to copy it.
  if (isLong()) tell((thread = start()).shared);
  return {
    /** Something was committed. @param rows how many rows it wrote, about */
    committed: (rows: number) => {
      if (thread === null && !isBusy()) return;
      const { shared } = (thread ??= start());
      if (Atomics.exchange(shared, NEARLY, 0) === 1 && rows <= MANY_ROWS) {
        copyRest();
        fit(thread);
      }
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
