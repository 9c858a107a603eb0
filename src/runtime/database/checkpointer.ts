import Database from "libsql";
import { fsyncSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { type CheckpointerData, COMMITS, EVERY_MS, LONG, NEARLY, PAUSE } from "./checkpoints.ts";
import { isClosing, openInThread, sayEnded } from "./thread-beside.ts";

/** How long writes gather where the log would be long sooner than in `EVERY_MS`, in milliseconds. */
const SOON_MS = 60;
/** How long nobody must have written for all of the log to be copied, in milliseconds. */
const QUIET_MS = 1_000;
/** Passes over a long log one after the other, at the most: each finds what was written during the one before. */
const PASSES = 8;
/** A pass that copied no more than this leaves about as much behind: little enough for the writer, in frames. */
const FEW_FRAMES = 500;

// The thread of `checkpoints.ts`. It sleeps until something was written, and stops when it is told to.
const { path, busyMs, shared, descriptor } = workerData as CheckpointerData;
const database = openInThread(shared, () => new Database(path, { timeout: busyMs }));
database?.pragma("wal_autocheckpoint = 0");
const checkpoint = database?.prepare("PRAGMA wal_checkpoint(PASSIVE)").raw(true);
// A connection that reads copies nothing, so whoever holds a place has one of its own.
const holder = database && new Database(path, { timeout: busyMs });
const [begin, look, end] = ["BEGIN", "PRAGMA user_version", "COMMIT"].map((sql) => holder?.prepare(sql));
let copied = 0;

/** Copies what is in the log. @returns how long it is, and how many frames of it were not copied before */
function pass(): { long: number; fresh: number } {
  const [, long = 0, upto = 0] = (checkpoint?.get() ?? []) as number[];
  const fresh = upto < copied ? upto : upto - copied;
  copied = upto;
  return { long, fresh };
}

/**
 * Copies all but the last bit of the log, and waits for the disk behind every pass: SQLite itself waits when all of it
 * is copied, and that is for the writer to do, who is to find no more on its way to the disk than it copied itself.
 */
function catchUp(): void {
  for (let left = PASSES; left > 0 && !isClosing(shared); left--) {
    const { fresh } = pass();
    if (descriptor !== null) fsyncSync(descriptor);
    if (fresh <= FEW_FRAMES) break;
  }
  Atomics.store(shared, NEARLY, 1);
}

let isHeld = false;
/** Lets go of the place in the log that is held. */
function release(): void {
  if (isHeld) end?.run();
  isHeld = false;
}

/**
 * Holds the place up to which the log is now, so that the next pass ends there. One that finds all of it copied waits for
 * the disk to have the whole file, and writers pause often enough for that: with boards that follow, four times in 26
 * commits.
 */
function hold(): void {
  release();
  try {
    begin?.run();
    isHeld = true;
    look?.get();
  } catch {
    release();
  }
}

for (let seen = 0, pause = EVERY_MS; !isClosing(shared);) {
  if (isHeld && Atomics.wait(shared, COMMITS, seen, QUIET_MS) === "timed-out") {
    // Nobody writes: the rest is copied, and whoever writes next begins the log anew.
    release();
    pass();
  }
  Atomics.wait(shared, COMMITS, seen);
  Atomics.wait(shared, PAUSE, 0, pause);
  seen = Atomics.load(shared, COMMITS);
  if (isClosing(shared)) break;
  const longest = Atomics.load(shared, LONG);
  const { long, fresh } = pass();
  // Nobody's place is held while a log is to begin anew, in no process that has the file open.
  if (long < longest) hold();
  else {
    release();
    catchUp();
  }
  // As much again, and it would be long before it is looked at.
  pause = long < longest && long + fresh >= longest ? SOON_MS : EVERY_MS;
}
holder?.close();
database?.close();
sayEnded(shared);
