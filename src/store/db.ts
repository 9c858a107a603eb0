import { type SQL, sql } from "drizzle-orm";
import type { BatchItem, BatchResponse } from "drizzle-orm/batch";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { getTableConfig } from "drizzle-orm/sqlite-core";
import { Problem } from "../domain/problem.ts";
import { isBusy } from "./constraint.ts";
import { type Given, reduce, type Reduced, type ReducerName } from "./reducers.ts";
import { drizzle, type SqliteRemoteDatabase } from "drizzle-orm/sqlite-proxy";

export { jsonRows } from "./json.ts";

/** One SQL statement with its bound values. */
export type Statement = { sql: string; params: unknown[] };

/** Rows as arrays of column values, in the statement's column order. */
export type Rows = unknown[][];

/**
 * Runs statements as one atomic batch in one round trip. `write` takes the write lock at the start,
 * so that a batch that reads first cannot fail half-way when two of them meet.
 */
export type Driver = {
  (statements: Statement[], mode: "read" | "write"): Promise<Rows[]>;
  /** Writes a batch that may go with others of its kind; a driver without it writes each alone. */
  merge?: (batch: Mergeable) => Promise<Rows[]>;
  /** Reads without holding up anybody; for a driver without it no read does. `brief`: on the spot where nobody waits. */
  aside?: (statements: Statement[], brief?: boolean) => Promise<Rows[]>;
  /** Reads, and has it worked out beside where others have work meanwhile; for a driver without it nothing is. */
  reduce?: Reduce;
};

/** Reads statements, and answers what a reducer makes of their rows. */
export type Reduce = <R extends ReducerName>(
  reducer: R,
  given: Given<R>,
  statements: Statement[],
) => Promise<Reduced<R>>;

/** A write of which several that wait at once can be one batch: see `Merged`. */
export type Mergeable = {
  /** What those that may go together have in common. */
  kind: string;
  values: unknown;
  /** The batch by itself. */
  alone: () => Statement[];
  /** One batch for all of these values; for one alone it spares what only those need who do not simply come in. */
  merge: (all: readonly unknown[]) => Merged;
};

/**
 * Several writes as one batch. `split` tells what the last statement of each one's own batch would have
 * answered, or null for one that the batch passed over: that one is written alone, behind it.
 */
export type Merged = { statements: Statement[]; split: (results: Rows[]) => (Rows[] | null)[] };

/** How a batch is run. `aside`: a read that may take long. `brief`: one of few rows from all over a large table. */
export type Mode = "read" | "brief" | "aside" | "write";

type Batch = Readonly<[BatchItem<"sqlite">, ...BatchItem<"sqlite">[]]>;

/** The database as the store sees it: it builds with `q`, and runs batches with `read` and `write`. */
export type Db = {
  /** drizzle's query builder. Never awaited by itself: hand what it builds to `read` or `write`. */
  q: SqliteRemoteDatabase;
  read: <const T extends Batch>(statements: T) => Promise<BatchResponse<T>>;
  /** The same for what may take long: those who join do not wait for it, where they share a process. */
  readAside: <const T extends Batch>(statements: T) => Promise<BatchResponse<T>>;
  write: <const T extends Batch>(statements: T) => Promise<BatchResponse<T>>;
  /**
   * Writes, then reads in the same batch, so that the reads see what was written. Where reads may go aside they follow
   * the commit, and see it with whatever came in between. @returns what the reads answer
   */
  writeAndRead: <const R extends Batch>(writes: Batch, reads: R) => Promise<BatchResponse<R>>;
  /** The same for statements whose text is ready (see `prepared`): one batch, bare rows. */
  run: (mode: Mode, statements: Statement[]) => Promise<Rows[]>;
  /**
   * Reads as one batch, and answers what a reducer makes of the rows.
   * @param aside beside those who have work meanwhile, where the driver can; else on the spot
   */
  reduce: <R extends ReducerName>(
    reducer: R,
    given: Given<R>,
    statements: Statement[],
    aside: boolean,
  ) => Promise<Reduced<R>>;
  /** Writes a batch, together with others of its kind where the driver has some waiting. */
  merge: (batch: Mergeable) => Promise<Rows[]>;
  /** The same database, calling `onTrip` at every round trip. */
  counted: (onTrip: () => void) => Db;
};

/** Wraps a driver. Every mode sends one batch; a result set's rows come back mapped by drizzle. */
export function createDb(driver: Driver): Db {
  const run = (statements: Statement[], mode: Mode): Promise<Rows[]> => {
    if (mode === "read" || mode === "write") return driver(statements, mode);
    return driver.aside ? driver.aside(statements, mode === "brief") : driver(statements, "read");
  };
  const forMode = (mode: Mode) =>
    drizzle(
      () => Promise.reject(new Error("run statements with db.read or db.write, not one by one")),
      async (queries) => {
        const results = await orBusy(run(queries, mode));
        // drizzle wants the bare row where it asked for one.
        return results.map((rows, i) => ({
          rows: queries[i]?.method === "get" ? (rows[0] as unknown[]) : rows,
        }));
      },
    );
  const reader = forMode("read");
  const asideReader = forMode("aside");
  const writer = forMode("write");
  const withTrips = (onTrip: () => void): Db => ({
    q: reader,
    read: (statements) => (onTrip(), reader.batch(statements as never) as never),
    readAside: (statements) => (onTrip(), asideReader.batch(statements as never) as never),
    write: (statements) => (onTrip(), writer.batch(statements as never) as never),
    writeAndRead: async (writes, reads) => {
      onTrip();
      if (driver.aside === undefined) {
        const results = await writer.batch([...writes, ...reads] as never);
        return (results as unknown[]).slice(writes.length) as never;
      }
      await writer.batch(writes as never);
      return asideReader.batch(reads as never) as never;
    },
    run: (mode, statements) => (onTrip(), orBusy(run(statements, mode))),
    reduce: async (reducer, given, statements, aside) => {
      onTrip();
      if (aside && driver.reduce) return orBusy(driver.reduce(reducer, given, statements));
      return reduce(reducer, given, await orBusy(driver(statements, "read")));
    },
    merge: (batch) => (onTrip(), orBusy(driver.merge ? driver.merge(batch) : driver(batch.alone(), "write"))),
    counted: withTrips,
  });
  return withTrips(() => {});
}

/** A database that is too busy to begin is a refusal like others: the caller may come again. */
async function orBusy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isBusy(error)) throw new Problem("busy", "The database is busy. Try again.");
    throw error;
  }
}

/** A statement whose only column is JSON: one value a row, decoded with `jsonRows`. */
export const jsonQuery = (db: Db, statement: SQL) => db.q.all<[string]>(statement);

/**
 * The id of a new row: the candidate's time, raised above the table's last id. So ids grow in
 * commit order and no two rows share one, whatever clocks and random bits say.
 */
export function freshId(table: SQLiteTable, candidate: number | SQL): SQL<string> {
  const name = sql.identifier(getTableConfig(table).name);
  return sql`max(CAST(${candidate} AS INTEGER), (SELECT coalesce(max(id), 0) + 1 FROM ${name}))`;
}
