import { createClient } from "@libsql/client";
import { streamDriver } from "../../src/runtime/database/libsql-streams.ts";
import type { Transactor } from "../../src/runtime/database/group-commit.ts";
import { openFile, type Synchronous } from "../../src/runtime/database/libsql-file.ts";
import { bindValue, toRows } from "../../src/runtime/database/rows.ts";
import { oneWriter } from "../../src/runtime/database/one-writer.ts";
import type { Driver } from "../../src/store/db.ts";
import type { Defer } from "./scope.ts";

export type { Synchronous } from "../../src/runtime/database/libsql-file.ts";

/** The product's plain client for a database, with nothing of the product around it. */
export async function plainDriver(url: string, defer: Defer, synchronous?: Synchronous): Promise<Driver> {
  if (!url.startsWith("file:")) return oneWriter(openStreams(url, defer));
  const file = openFile(url, { ...(synchronous && { synchronous }), commit: oneByOne, largeBytes: Infinity });
  defer(() => file.close());
  return file.driver;
}

function openStreams(url: string, defer: Defer): Driver {
  const { driver, close } = streamDriver(url, null);
  defer(close);
  return driver;
}

/**
 * The same with nothing of the product's grouping on a server either: every batch is a request and a
 * transaction of its own, one after the other. Let loose, dozens of them meet the server's lock, burn
 * its processor and are refused after 5 s: in turn is the fastest that plain batches can be.
 */
export function bareDriver(url: string, defer: Defer, synchronous?: Synchronous): Promise<Driver> {
  if (url.startsWith("file:")) return plainDriver(url, defer, synchronous);
  const driver = openStreams(url, defer);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn: Driver = (statements, mode) => {
    const done = last.then(() => driver(statements, mode));
    last = done.catch(() => {});
    return done;
  };
  return Promise.resolve(inTurn);
}

/**
 * The libSQL client as its manual shows it, which prepares each statement when it is run. WAL, one
 * connection, a log that is copied seldom: the fastest that it can be, and as durable as is asked for.
 */
export async function clientDriver(url: string, defer: Defer, synchronous: Synchronous): Promise<Driver> {
  const client = createClient({ url, timeout: 5000, concurrency: 1 });
  defer(() => client.close());
  await client.execute("PRAGMA journal_mode = WAL");
  await client.execute(`PRAGMA synchronous = ${synchronous}`);
  await client.execute("PRAGMA wal_autocheckpoint = 10000");
  return async (statements, mode) => {
    const batch = statements.map(({ sql, params }) => ({ sql, args: params.map(bindValue) }));
    return (await client.batch(batch, mode)).map(toRows);
  };
}

/** Every batch in a transaction of its own: what the product's group commit is measured against. */
const oneByOne =
  ({ run, command }: Transactor): Driver =>
  async (statements, mode) => {
    command(mode === "write" ? "BEGIN IMMEDIATE" : "BEGIN");
    const results = statements.map(run);
    command("COMMIT");
    return results;
  };

/** A table of its own, and one plain INSERT of one row into it, in a batch of its own. */
export async function plainInsert(driver: Driver): Promise<() => Promise<unknown>> {
  const table = "CREATE TABLE floor (id INTEGER PRIMARY KEY, identity TEXT NOT NULL, at INTEGER NOT NULL)";
  await driver([{ sql: table, params: [] }], "write");
  const sql = "INSERT INTO floor (identity, at) VALUES (?, ?)";
  let count = 0;
  return () => driver([{ sql, params: [`person${++count}@example.com`, Date.now()] }], "write");
}
