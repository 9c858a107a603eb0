import type { Client } from "@libsql/client";
import { httpDriver } from "../../src/runtime/database/libsql-http.ts";
import { fileDriver, openFile } from "../../src/runtime/database/libsql-file.ts";
import { oneWriter } from "../../src/runtime/database/one-writer.ts";
import type { Driver } from "../../src/store/db.ts";
import type { Defer } from "./scope.ts";

/** When the embedded file's commits reach the disk: FULL at once (as shipped), NORMAL at checkpoints. */
export type Synchronous = "FULL" | "NORMAL";

/** The product's plain client for a database, with nothing of the product around it. */
export async function plainDriver(url: string, defer: Defer, synchronous?: Synchronous): Promise<Driver> {
  if (!url.startsWith("file:")) return oneWriter(httpDriver(url, null));
  const client: Client = await openFile(url);
  defer(() => client.close());
  if (synchronous) await client.execute(`PRAGMA synchronous = ${synchronous}`);
  return fileDriver(client);
}

/** A table of its own, and one plain INSERT of one row into it, in a batch of its own. */
export async function plainInsert(driver: Driver): Promise<() => Promise<unknown>> {
  const table = "CREATE TABLE floor (id INTEGER PRIMARY KEY, identity TEXT NOT NULL, at INTEGER NOT NULL)";
  await driver([{ sql: table, params: [] }], "write");
  const sql = "INSERT INTO floor (identity, at) VALUES (?, ?)";
  let count = 0;
  return () => driver([{ sql, params: [`person${++count}@example.com`, Date.now()] }], "write");
}
