import { type Client, createClient } from "@libsql/client";
import type { Driver } from "../../store/db.ts";
import { bindValue, toRows } from "./rows.ts";

/** How long a batch waits for another process's write lock, in milliseconds. */
const BUSY_MS = 5000;

/** Opens an embedded libSQL file: one connection, WAL, and an answered write survives a power cut. */
export async function openFile(url: string): Promise<Client> {
  const client = createClient({ url, timeout: BUSY_MS, concurrency: 1 });
  await configure(client);
  return client;
}

async function configure(client: Client): Promise<void> {
  await client.execute("PRAGMA journal_mode = WAL");
  await client.execute("PRAGMA synchronous = FULL");
  await client.execute("PRAGMA foreign_keys = ON");
  await client.execute("PRAGMA wal_autocheckpoint = 10000");
}

/** The driver for an open file. After SQLITE_BUSY the connection is opened anew: it may be wedged. */
export function fileDriver(client: Client): Driver {
  return async (statements, mode) => {
    const batch = statements.map(({ sql, params }) => ({ sql, args: params.map(bindValue) }));
    try {
      return (await client.batch(batch, mode)).map(toRows);
    } catch (error) {
      if (error instanceof Error && /SQLITE_BUSY|database is locked/.test(error.message)) {
        client.reconnect();
        await configure(client);
      }
      throw error;
    }
  };
}
