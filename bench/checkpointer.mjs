// src/runtime/database/checkpointer.ts
import Database from "libsql";
import { workerData } from "node:worker_threads";

// src/runtime/database/checkpoints.ts
var [COMMITS, CLOSING, ENDED, PAUSE] = [0, 1, 2, 3];

// src/runtime/database/checkpointer.ts
var { path, busyMs, everyMs, shared } = workerData;
var database = new Database(path, { timeout: busyMs });
database.pragma("wal_autocheckpoint = 0");
var checkpoint = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");
for (let seen = 0; Atomics.load(shared, CLOSING) === 0;) {
  Atomics.wait(shared, COMMITS, seen);
  Atomics.wait(shared, PAUSE, 0, everyMs);
  seen = Atomics.load(shared, COMMITS);
  if (Atomics.load(shared, CLOSING) === 0) checkpoint.all();
}
database.close();
Atomics.store(shared, ENDED, 1);
Atomics.notify(shared, ENDED);
//# sourceMappingURL=checkpointer.mjs.map
