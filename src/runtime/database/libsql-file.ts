import Database from "libsql";
import { fileURLToPath } from "node:url";
import type { Driver, Rows, Statement } from "../../store/db.ts";
import { checkpointsBeside, OWN_CHECKPOINT_PAGES } from "./checkpoints.ts";
import { bindValue, demandDistinct } from "./rows.ts";
import { groupCommit, type Transactor } from "./group-commit.ts";

/** How long a transaction waits for another process's write lock, in milliseconds. */
const BUSY_MS = 5000;

/** Statements that are kept prepared: the product has about a hundred, some in several forms. */
const MAX_PREPARED = 500;

/** A statement that answers a row at the most: the binding fetches others by the hundred. */
const ONE_ROW = /\bLIMIT 1$/;

/** FULL: an answered write survives a power cut. NORMAL: it survives the end of the process. */
export type Synchronous = "FULL" | "NORMAL";

/** An open file: the driver, and how to let go of it. */
export type OpenFile = { driver: Driver; close: () => void };

type Prepared = { all: (values: unknown[]) => Rows; run: (values: unknown[]) => void; reader: boolean };

/**
 * Opens an embedded libSQL file through the client's own binding: one connection, WAL, statements that
 * stay prepared (preparing is most of a join's cost otherwise), and writes that wait share one commit.
 */
export function openFile(
  url: string,
  synchronous: Synchronous = "FULL",
  commit: (transactor: Transactor) => Driver = groupCommit,
): OpenFile {
  const path = url.startsWith("file://") ? fileURLToPath(url) : url.slice("file:".length);
  const database = new Database(path, { timeout: BUSY_MS });
  const pragmas = [
    "journal_mode = WAL",
    `synchronous = ${synchronous}`,
    "foreign_keys = ON",
    `wal_autocheckpoint = ${OWN_CHECKPOINT_PAGES}`,
    // 32 MB: a group of joins touches more pages than the 2 MB that SQLite sets aside by itself.
    "cache_size = -32768",
  ];
  for (const pragma of pragmas) database.pragma(pragma);

  // The binding takes the process with it when a closed database is used: so nothing reaches it then.
  let open = true;
  const prepared = new Map<string, Prepared>();
  const prepare = (sql: string): Prepared => {
    if (!open) throw new Error("the database is closed");
    let statement = prepared.get(sql);
    if (statement === undefined) {
      const made = database.prepare(sql);
      const { reader } = made;
      if (reader) {
        made.raw(true);
        demandDistinct(made.columns().map(({ name }) => name));
      }
      const one = (values: unknown[]) => {
        const row = made.get(values) as unknown[] | undefined;
        return row === undefined ? [] : [row];
      };
      statement = {
        reader,
        all: ONE_ROW.test(sql) ? one : (values) => made.all(values) as Rows,
        run: (values) => void made.run(values),
      };
      // Forgetting all of them now and then is simpler than keeping their order.
      if (prepared.size >= MAX_PREPARED) prepared.clear();
      prepared.set(sql, statement);
    }
    return statement;
  };
  const setOwn = (pages: number) => {
    if (open) database.pragma(`wal_autocheckpoint = ${pages}`);
  };
  let writing = false;
  const checkpoints = checkpointsBeside(path, BUSY_MS, setOwn);
  const transactor: Transactor = {
    run: ({ sql, params }: Statement): Rows => {
      const statement = prepare(sql);
      const values = params.map(bindValue);
      if (statement.reader) return statement.all(values);
      statement.run(values);
      return [];
    },
    command: (sql) => {
      prepare(sql).run([]);
      if (sql === "BEGIN IMMEDIATE") writing = true;
      if (sql === "COMMIT" && writing) {
        writing = false;
        checkpoints.committed();
      }
    },
    inTransaction: () => open && database.inTransaction,
  };
  return {
    driver: commit(transactor),
    close: () => {
      open = false;
      checkpoints.close();
      prepared.clear();
      database.close();
    },
  };
}
