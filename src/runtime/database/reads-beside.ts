import type { Reduce, Rows, Statement } from "../../store/db.ts";
import { type Given, reduce, type ReducerName } from "../../store/reducers.ts";
import { sizeOf } from "./size-of.ts";
import { moduleOf, type ThreadBeside, threadBeside } from "./thread-beside.ts";

/** What a thread is to make of the rows; null: they are what is asked for. */
type Reducing = { reducer: ReducerName; given: Given<ReducerName> } | null;

/** What a thread is asked, one at a time; null ends it. */
export type Asked = { statements: Statement[]; reducing: Reducing } | null;

/** What it answers: the rows of each statement or what was made of them, or why there is nothing. */
export type Answered = { value: unknown } | { message: string; code: unknown };

/** A smaller file is read on the spot: sooner than a thread would have begun. */
export const LARGE_BYTES = 16 * 2 ** 20;

/**
 * The threads that a read may go to, the best first; each has some 15 MB. What takes long goes to one alone, and leaves
 * there what it left behind in memory: so no page waits for reports.
 */
const THREADS = { long: [0], brief: [1, 0] };

/** Reads that wait for a thread at the most: whoever asks for more must feel that it is too much. */
const MAX_QUEUED = 200;

/** After how many that nobody used the time of, one after the other, so many others are made on the spot. */
const UNUSED = 2;
const ON_THE_SPOT = 8;

/** How long what is made beside is waited for, in milliseconds, and the first: there all is cold yet, and takes longest. */
const LATE_MS = 250;
const FIRST_LATE_MS = 50;

type Waiting = NonNullable<Asked> & {
  brief: boolean;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
};
type Reader = ThreadBeside & { asked: Waiting | null };

type File = {
  path: string;
  busyMs: number;
  largeBytes: number;
  /** Whether others write just now, and when the last one had. */
  isBusy?: () => boolean;
  lastCommit?: () => number;
  /** What a thread runs. */
  module?: URL;
};

/**
 * Reads that may take long, from threads beside the one that serves: those who join wait for no report, nor
 * for the disk below it. A thread has a connection of its own, which sees all that was committed by then.
 * @param onTheSpot reads in the caller's thread: of a small file, and where no thread can be had
 */
export function readsBeside(
  { path, busyMs, largeBytes, isBusy = () => false, lastCommit = () => 0, module = moduleOf("reader") }: File,
  onTheSpot: (statements: Statement[]) => Promise<Rows[]>,
) {
  const readers = new Map<number, Reader>();
  let queue: Waiting[] = [];
  let state: "small" | "large" | "without" | "closed" = "small";

  /** All that nobody has read yet; it is in nobody's hands then. */
  const takeAll = (): Waiting[] => {
    const all = [...readers.values()].flatMap(({ asked }) => asked ?? []);
    all.push(...queue);
    for (const reader of readers.values()) reader.asked = null;
    queue = [];
    return all;
  };

  const here = async ({ statements, reducing }: NonNullable<Asked>): Promise<unknown> => {
    const rows = await onTheSpot(statements);
    return reducing === null ? rows : reduce(reducing.reducer, reducing.given, rows);
  };

  /** What a thread did that is gone, and all that comes after, is done on the spot. */
  const doWithout = () => {
    if (state === "closed") return;
    state = "without";
    for (const { resolve, reject, ...asked } of takeAll())
      here(asked).then(resolve as (value: unknown) => void, reject);
  };

  const start = (at: number): Reader => {
    const reader: Reader = { ...threadBeside(module, { path, busyMs }, doWithout), asked: null };
    reader.worker.on("message", (answered: Answered) => {
      const { asked } = reader;
      reader.asked = null;
      reader.worker.unref();
      askNext();
      if ("value" in answered) asked?.resolve(answered.value as never);
      else asked?.reject(Object.assign(new Error(answered.message), { code: answered.code }));
    });
    readers.set(at, reader);
    return reader;
  };

  /** The best thread that is free for a read, or not there yet. */
  const freeFor = ({ brief }: Pick<Waiting, "brief">): number | undefined =>
    THREADS[brief ? "brief" : "long"].find((at) => (readers.get(at)?.asked ?? null) === null);

  /** Has a thread read the first of those who wait, where one is free for it. */
  const askNext = () => {
    const place = queue.findIndex((waiting) => freeFor(waiting) !== undefined);
    const next = queue[place];
    const at = next && freeFor(next);
    if (next === undefined || at === undefined) return;
    const reader = readers.get(at) ?? start(at);
    queue.splice(place, 1);
    const { statements, reducing } = next;
    reader.worker.postMessage({ statements, reducing } satisfies Asked);
    reader.asked = next;
    // A process goes on until what it asked for is there.
    reader.worker.ref();
  };

  const isLarge = (): boolean => {
    if (state === "small" && sizeOf(path) >= largeBytes) state = "large";
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

  const ask = <T>(asked: NonNullable<Asked>, brief: boolean): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      queue.push({ ...asked, brief, resolve, reject });
      askNext();
    });

  let [unused, spared, late] = [0, 0, FIRST_LATE_MS];
  /** Whether those who write wait for what is made beside, or there are none: it would only take longer. */
  const isInVain = (): boolean => {
    if (unused < UNUSED) return false;
    spared = (spared + 1) % (ON_THE_SPOT + 1);
    return spared !== 0;
  };

  /** Makes it beside, or here too where that takes too long, and sees whether anybody wrote meanwhile. */
  const madeBeside = async (asked: NonNullable<Asked>): Promise<unknown> => {
    const before = lastCommit();
    let timer: NodeJS.Timeout | undefined;
    const isLate = new Promise((resolve) => {
      timer = setTimeout(resolve, late);
    });
    const made = ask<unknown>(asked, false).finally(() => (late = LATE_MS));
    try {
      return await Promise.race([made, isLate.then(() => here(asked))]);
    } finally {
      clearTimeout(timer);
      unused = lastCommit() === before ? unused + 1 : 0;
    }
  };

  return {
    /**
     * @param brief takes less than waking a thread up: it goes there only where somebody else has work meanwhile
     * @throws SQLITE_BUSY where too many long ones wait already; of the brief ones nobody is refused
     */
    read: async (statements: Statement[], brief = false): Promise<Rows[]> => {
      if (!isLarge()) return onTheSpot(statements);
      const isFull = queue.length >= MAX_QUEUED;
      if (brief && (isAlone() || isFull)) return onTheSpot(statements);
      if (isFull) throw Object.assign(new Error("too many reads wait"), { code: "SQLITE_BUSY" });
      return ask<Rows[]>({ statements, reducing: null }, brief);
    },
    /** Reads and works it out where a thread is to spare and others work meanwhile; it waits for no report. */
    reduce: (async (reducer, given, statements) => {
      const isLong = ({ brief }: Waiting) => !brief;
      const isSpare =
        ![...readers.values()].some(({ asked }) => asked && isLong(asked)) && !queue.some(isLong);
      const asked = { statements, reducing: { reducer, given } };
      return isLarge() && isSpare && !isAlone() && !isInVain() ? madeBeside(asked) : here(asked);
    }) as Reduce,
    close: (): void => {
      state = "closed";
      const left = takeAll();
      for (const { worker, end } of readers.values()) end(() => worker.postMessage(null satisfies Asked));
      for (const { reject } of left) reject(new Error("the database is closed"));
    },
  };
}
