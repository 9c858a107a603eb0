import Database from "libsql";
import { workerData } from "node:worker_threads";
import { type CheckpointerData, CLOSING, COMMITS, ENDED, PAUSE } from "./checkpoints.ts";

// The thread of `checkpoints.ts`. It sleeps until something was written, and stops when it is told to.
const { path, busyMs, everyMs, shared } = workerData as CheckpointerData;
const database = new Database(path, { timeout: busyMs });
database.pragma("wal_autocheckpoint = 0");
const checkpoint = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");
for (let seen = 0; Atomics.load(shared, CLOSING) === 0;) {
  Atomics.wait(shared, COMMITS, seen);
  Atomics.wait(shared, PAUSE, 0, everyMs);
  seen = Atomics.load(shared, COMMITS);
  if (Atomics.load(shared, CLOSING) === 0) checkpoint.all();
}
database.close();
Atomics.store(shared, ENDED, 1);
Atomics.notify(shared, ENDED);
