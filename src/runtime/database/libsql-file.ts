import Database from "libsql";
import { fileURLToPath } from "node:url";
import type { Driver } from "../../store/db.ts";
import { checkpointsBeside, OWN_CHECKPOINT_PAGES } from "./checkpoints.ts";
import { groupCommit, type Transactor } from "./group-commit.ts";
import { LARGE_BYTES, readsBeside } from "./reads-beside.ts";
import { sizeOf } from "./size-of.ts";
import { preparedOn } from "./statements.ts";

/** How long a transaction waits for another process's write lock, in milliseconds. */
const BUSY_MS = 5000;

/** How long after a commit others are likely to write, in milliseconds; and after one that soon followed another. */
const BUSY_FOR_MS = 50;
const CROWDED_FOR_MS = 500;

/**
 * KiB of a file's pages that SQLite keeps: groups of joins, and the ranks of some thousands of people, touch more than its
 * own 2 MB hold. Below a gibibyte fewer: a commit that moved pages about (through the page at that place, which is
 * never used) has it look at each that it keeps, and with three times as many a join by itself took a quarter longer.
 */
export const cacheKib = (bytes: number): number => (bytes < 2 ** 30 ? 16_384 : 49_152);

/** FULL: an answered write survives a power cut. NORMAL: it survives the end of the process. */
export type Synchronous = "FULL" | "NORMAL";

/** An open file: the driver, and how to let go of it. */
export type OpenFile = { driver: Driver; close: () => void };

export type FileOptions = {
  synchronous?: Synchronous;
  /** How batches are committed. */
  commit?: (transactor: Transactor) => Driver;
  /** From how many bytes on the file's long reads have threads of their own; `Infinity`: never. */
  largeBytes?: number;
};

/**
 * Opens an embedded libSQL file through the client's own binding: one connection, WAL, statements that
 * stay prepared (preparing is most of a join's cost otherwise), and writes that wait share one commit.
 */
export function openFile(
  url: string,
  { synchronous = "FULL", commit = groupCommit, largeBytes = LARGE_BYTES }: FileOptions = {},
): OpenFile {
  const path = url.startsWith("file://") ? fileURLToPath(url) : url.slice("file:".length);
  const database = new Database(path, { timeout: BUSY_MS });
  const pragmas = [
    "journal_mode = WAL",
    `synchronous = ${synchronous}`,
    "foreign_keys = ON",
    `wal_autocheckpoint = ${OWN_CHECKPOINT_PAGES}`,
    `cache_size = -${cacheKib(sizeOf(path))}`,
  ];
  for (const pragma of pragmas) database.pragma(pragma);

  const connection = preparedOn(database);
  const tune = (ownPages: number, bytes: number) => {
    if (!connection.isOpen()) return;
    database.pragma(`wal_autocheckpoint = ${ownPages}`);
    database.pragma(`cache_size = -${cacheKib(bytes)}`);
  };
  let writing = false;
  let changedBefore = 0;
  let [wroteAt, busyUntil] = [-Infinity, -Infinity];
  const copyRest = () => {
    try {
      connection.run({ sql: "PRAGMA wal_checkpoint(PASSIVE)", params: [] });
    } catch {
      // The log stays as it is, and a commit that finds it late copies it.
    }
  };
  const checkpoints = checkpointsBeside(path, BUSY_MS, tune, copyRest);
  const transactor: Transactor = {
    run: connection.run,
    command: (sql) => {
      connection.command(sql);
      if (sql === "BEGIN IMMEDIATE") {
        writing = true;
        changedBefore = connection.changed();
      }
      if (sql === "COMMIT" && writing) {
        writing = false;
        const now = performance.now();
        busyUntil = now + (now - wroteAt < BUSY_FOR_MS ? CROWDED_FOR_MS : BUSY_FOR_MS);
        wroteAt = now;
        checkpoints.committed(connection.changed() - changedBefore);
      }
    },
    inTransaction: connection.inTransaction,
  };
  const driver = commit(transactor);
  const isBusy = () => performance.now() < busyUntil;
  const beside = { path, busyMs: BUSY_MS, largeBytes, isBusy, lastCommit: () => wroteAt };
  const reads = readsBeside(beside, (statements) => driver(statements, "read"));
  driver.aside = reads.read;
  driver.reduce = reads.reduce;
  return {
    driver,
    close: () => {
      reads.close();
      checkpoints.close();
      connection.close();
    },
  };
}
