import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";

/** Places in the memory that both sides see. Those from `OWN` on mean what the thread's kind says. */
export const [STARTED, CLOSING, ENDED, OWN] = [0, 1, 2, 3];
const PLACES = 8;

/** How long the end of a thread is waited for when its file is closed, in milliseconds. */
const CLOSE_MS = 10_000;

/** What a thread has for its youngest objects, in MiB; what lasts moves to where it may grow. V8 would set 50 aside. */
const YOUNG_MIB = 4;

/** What every such thread is given. */
export type ThreadData = { path: string; busyMs: number; shared: Int32Array };

/** A thread that has a file open beside the caller. */
export type ThreadBeside = {
  worker: Worker;
  shared: Int32Array;
  /** Ends it once `wake` has it look, and waits until it is out of the file: a process that ends must not meet it there. */
  end: (wake: () => void) => void;
};

/** What a thread runs: built, it lies beside the bundle; from source, Node strips its types. */
export const moduleOf = (name: "checkpointer" | "reader"): URL =>
  new URL(`./${name}${import.meta.url.endsWith(".ts") ? ".ts" : ".mjs"}`, import.meta.url);

/**
 * Starts a thread with a connection of its own, which is given `data`. It keeps no process alive by itself.
 * @param onGone it could not be had, or broke off
 */
export function threadBeside(
  module: URL,
  data: Omit<ThreadData, "shared">,
  onGone: () => void,
): ThreadBeside {
  const shared = new Int32Array(new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT));
  const workerData: ThreadData = { ...data, shared };
  // A size that the process was started with would hold for a thread, too, against its own; here it has been heeded.
  setFlagsFromString("--max-semi-space-size=0");
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MIB };
  const worker = new Worker(module, { workerData, resourceLimits });
  worker.unref();
  worker.once("error", () => {
    sayEnded(shared);
    onGone();
  });
  return {
    worker,
    shared,
    end: (wake) => {
      Atomics.store(shared, CLOSING, 1);
      wake();
      // One that did not get so far looks before it opens the file.
      if (Atomics.load(shared, STARTED) === 1) Atomics.wait(shared, ENDED, 0, CLOSE_MS);
    },
  };
}

export const isClosing = (shared: Int32Array): boolean => Atomics.load(shared, CLOSING) === 1;

/** The thread is out of the file. */
export function sayEnded(shared: Int32Array): void {
  Atomics.store(shared, ENDED, 1);
  Atomics.notify(shared, ENDED);
}

/** In the thread: opens the file, unless that is being closed already: then null. */
export function openInThread<T>(shared: Int32Array, open: () => T): T | null {
  Atomics.store(shared, STARTED, 1);
  try {
    return isClosing(shared) ? null : open();
  } catch (error) {
    // The other side may be waiting: it hears of no error then.
    sayEnded(shared);
    throw error;
  }
}
