import Database from "libsql";
import { parentPort, workerData } from "node:worker_threads";
import { reduce } from "../../store/reducers.ts";
import { inOneRead } from "./group-commit.ts";
import type { Answered, Asked } from "./reads-beside.ts";
import { preparedOn } from "./statements.ts";
import { isClosing, openInThread, sayEnded, type ThreadData } from "./thread-beside.ts";

// A thread of `reads-beside.ts`. It reads what it is asked, each time as of one moment, until it is told to stop.
const { path, busyMs, shared } = workerData as ThreadData;
const connection = openInThread(shared, () => {
  const database = new Database(path, { timeout: busyMs });
  // The cache is for one read: the next commit of anybody else empties it.
  for (const pragma of ["query_only = ON", "cache_size = -4096"]) database.pragma(pragma);
  return preparedOn(database);
});

function answer({ statements, reducing }: NonNullable<Asked>, on: NonNullable<typeof connection>): Answered {
  try {
    const rows = inOneRead(on, statements);
    return { value: reducing === null ? rows : reduce(reducing.reducer, reducing.given, rows) };
  } catch (error) {
    const { message, code } = error as Error & { code?: unknown };
    return { message, code };
  }
}

parentPort?.on("message", (asked: Asked) => {
  if (asked !== null && connection !== null && !isClosing(shared))
    return parentPort?.postMessage(answer(asked, connection));
  connection?.close();
  sayEnded(shared);
  parentPort?.close();
});
