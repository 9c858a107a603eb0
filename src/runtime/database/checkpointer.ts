import Database from "libsql";
import { workerData } from "node:worker_threads";
import { COMMITS, EVERY_MS, PAUSE } from "./checkpoints.ts";
import { isClosing, openInThread, sayEnded, type ThreadData } from "./thread-beside.ts";

// The thread of `checkpoints.ts`. It sleeps until something was written, and stops when it is told to.
const { path, busyMs, shared } = workerData as ThreadData;
const database = openInThread(shared, () => new Database(path, { timeout: busyMs }));
database?.pragma("wal_autocheckpoint = 0");
const checkpoint = database?.prepare("PRAGMA wal_checkpoint(PASSIVE)");
for (let seen = 0; !isClosing(shared);) {
  Atomics.wait(shared, COMMITS, seen);
  Atomics.wait(shared, PAUSE, 0, EVERY_MS);
  seen = Atomics.load(shared, COMMITS);
  if (!isClosing(shared)) checkpoint?.all();
}
database?.close();
sayEnded(shared);
