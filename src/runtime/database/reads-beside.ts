import { statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Rows, Statement } from "../../store/db.ts";

/** Places in the memory that both threads see. */
export const [STARTED, CLOSING, ENDED] = [0, 1, 2];

/** What a thread is given. */
export type ReaderData = { path: string; busyMs: number; shared: Int32Array };

/** What a thread is asked, one at a time; null ends it. */
export type Asked = Statement[] | null;

/** What it answers: the rows of each statement, or why there are none. */
export type Answered = { rows: Rows[] } | { message: string; code: unknown };

/** A smaller file is read on the spot: sooner than a thread would have begun. */
export const LARGE_BYTES = 16 * 2 ** 20;

/** Threads at the most, some 15 MB each: while one is at a report of seconds, the other reads pages. */
const MAX_THREADS = 2;

/** What a thread has for what it has just read, in MiB; more is moved to where it may grow. */
const YOUNG_MIB = 4;

/** How long a thread that reads is waited for when the file is closed, in milliseconds. */
const CLOSE_MS = 10_000;

type Waiting = {
  statements: Statement[];
  resolve: (rows: Rows[]) => void;
  reject: (error: unknown) => void;
};
type Thread = { worker: Worker; shared: Int32Array; asked: Waiting | null };

type File = {
  path: string;
  busyMs: number;
  largeBytes: number;
  /** Whether others write just now. */
  isBusy?: () => boolean;
  /** What a thread runs. */
  reader?: URL;
};

/** Built, it lies beside the bundle; from source, Node strips its types. */
const READER = new URL(import.meta.url.endsWith(".ts") ? "./reader.ts" : "./reader.mjs", import.meta.url);

/**
 * Reads that may take long, from threads beside the one that serves: those who join wait for no report, nor
 * for the disk below it. A thread has a connection of its own, which sees all that was committed by then.
 * @param onTheSpot reads in the caller's thread: of a small file, and where no thread can be had
 */
export function readsBeside(
  { path, busyMs, largeBytes, isBusy = () => false, reader = READER }: File,
  onTheSpot: (statements: Statement[]) => Promise<Rows[]>,
) {
  const threads: Thread[] = [];
  let queue: Waiting[] = [];
  let state: "small" | "large" | "without" | "closed" = "small";

  const ask = (thread: Thread, next: Waiting) => {
    thread.worker.postMessage(next.statements satisfies Asked);
    thread.asked = next;
    // A process goes on until what it asked for is there.
    thread.worker.ref();
  };

  const answer = (thread: Thread, answered: Answered) => {
    const { asked } = thread;
    thread.asked = null;
    thread.worker.unref();
    const next = queue.shift();
    if (next) ask(thread, next);
    if ("rows" in answered) asked?.resolve(answered.rows);
    else asked?.reject(Object.assign(new Error(answered.message), { code: answered.code }));
  };

  /** What a thread did that is gone, and all that comes after, is done on the spot. */
  const doWithout = () => {
    if (state === "closed") return;
    state = "without";
    const left = [...threads.flatMap(({ asked }) => asked ?? []), ...queue];
    for (const thread of threads) thread.asked = null;
    queue = [];
    for (const { statements, resolve, reject } of left) onTheSpot(statements).then(resolve, reject);
  };

  const start = (): Thread => {
    const shared = new Int32Array(new SharedArrayBuffer(12));
    const workerData: ReaderData = { path, busyMs, shared };
    const worker = new Worker(reader, {
      workerData,
      // Rows are handed on and forgotten: left alone, V8 sets 50 MB aside for that.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    worker.unref();
    const thread: Thread = { worker, shared, asked: null };
    worker.on("message", (answered: Answered) => answer(thread, answered));
    worker.once("error", () => {
      Atomics.store(shared, ENDED, 1);
      doWithout();
    });
    threads.push(thread);
    return thread;
  };

  const isLarge = (): boolean => {
    if (state === "small" && statSync(path).size >= largeBytes) state = "large";
    return state === "large";
  };

  let [askers, isKnown] = [0, false];
  /** Whether nobody writes, and nobody else has asked in this turn of the event loop. */
  const isAlone = (): boolean => {
    if (!isKnown) {
      // One request may ask several times: another one comes in a callback of its own.
      isKnown = true;
      process.nextTick(() => (isKnown = false));
      if (++askers === 1) setImmediate(() => (askers = 0));
    }
    return askers === 1 && !isBusy();
  };

  return {
    /** @param brief takes less than waking a thread up: it goes there only where somebody else has work meanwhile */
    read: async (statements: Statement[], brief = false): Promise<Rows[]> => {
      if (!isLarge() || (brief && isAlone())) return onTheSpot(statements);
      return new Promise((resolve, reject) => {
        const next = { statements, resolve, reject };
        const idle = threads.find(({ asked }) => asked === null);
        if (idle) ask(idle, next);
        else if (threads.length < MAX_THREADS) ask(start(), next);
        else queue.push(next);
      });
    },
    /** Waits until the threads are out of the database: a process that ends must not meet them there. */
    close: (): void => {
      state = "closed";
      const left = [...threads.flatMap(({ asked }) => asked ?? []), ...queue];
      queue = [];
      for (const { worker, shared } of threads) {
        Atomics.store(shared, CLOSING, 1);
        worker.postMessage(null satisfies Asked);
      }
      for (const { worker, shared } of threads) {
        // One that did not get so far looks before it opens the file.
        if (Atomics.load(shared, STARTED) === 1) Atomics.wait(shared, ENDED, 0, CLOSE_MS);
        worker.unref();
      }
      for (const { reject } of left) reject(new Error("the database is closed"));
    },
  };
}
