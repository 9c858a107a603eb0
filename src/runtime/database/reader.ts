import Database from "libsql";
import { parentPort, workerData } from "node:worker_threads";
import type { Rows, Statement } from "../../store/db.ts";
import { type Answered, type Asked, CLOSING, ENDED, type ReaderData, STARTED } from "./reads-beside.ts";
import { preparedOn } from "./statements.ts";

// A thread of `reads-beside.ts`. It reads what it is asked, each time as of one moment, until it is told to stop.
const { path, busyMs, shared } = workerData as ReaderData;
const isClosing = () => Atomics.load(shared, CLOSING) === 1;

const ended = () => {
  Atomics.store(shared, ENDED, 1);
  Atomics.notify(shared, ENDED);
};

function open() {
  const database = new Database(path, { timeout: busyMs });
  // The cache is for one read: the next commit of anybody else empties it.
  for (const pragma of ["query_only = ON", "cache_size = -4096"]) database.pragma(pragma);
  return preparedOn(database);
}

Atomics.store(shared, STARTED, 1);
let connection: ReturnType<typeof open> | null = null;
try {
  if (!isClosing()) connection = open();
} catch (error) {
  ended();
  throw error;
}

function read(statements: readonly Statement[]): Answered {
  if (connection === null) return { message: "the database is closed", code: null };
  const { run, command } = connection;
  try {
    command("BEGIN");
    try {
      return { rows: statements.map(run) satisfies Rows[] };
    } finally {
      command("COMMIT");
    }
  } catch (error) {
    const { message, code } = error as Error & { code?: unknown };
    return { message, code };
  }
}

parentPort?.on("message", (asked: Asked) => {
  if (asked !== null && !isClosing()) return parentPort?.postMessage(read(asked));
  connection?.close();
  ended();
  parentPort?.close();
});
