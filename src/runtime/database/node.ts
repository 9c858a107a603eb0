import { type Client, createClient as createFileClient } from "@libsql/client";
import { createClient } from "@libsql/client/web";
import { drizzle } from "drizzle-orm/libsql";
import { migrate } from "drizzle-orm/libsql/migrator";
import { fileURLToPath } from "node:url";
import type { Driver } from "../../store/db.ts";
import { openFile } from "./libsql-file.ts";
import { streamDriver } from "./libsql-streams.ts";
import { oneWriter } from "./one-writer.ts";

/** An open database: its driver, and how to let go of it. */
export type Opened = { driver: Driver; close: () => void };

const MIGRATIONS = fileURLToPath(new URL("../migrations", import.meta.url));
const TRIES = 5;
const BUSY_MS = 5000;

/**
 * What a new file's pages are, in bytes; SQLite's own choice is 4,096. A join changes a few bytes of each of twenty
 * pages, and a page is written, checked and waited for as a whole. Smaller ones are more, and the trees deeper.
 */
const PAGE_BYTES = 2048;

/**
 * Opens the database of a URL and brings its schema up to date.
 * @param migrationsFolder where drizzle-kit's output lies
 */
export async function openDatabase(
  url: string,
  authToken: string | null,
  migrationsFolder = MIGRATIONS,
): Promise<Opened> {
  if (url.startsWith("file:")) {
    const client = createFileClient({ url, timeout: BUSY_MS, concurrency: 1 });
    // Of a file that is there already it changes nothing.
    await client.execute(`PRAGMA page_size = ${PAGE_BYTES}`);
    // WAL stays with the file: two servers that start at once must not meet a rollback journal.
    await client.execute("PRAGMA journal_mode = WAL");
    await migrateToLatest(client, migrationsFolder);
    client.close();
    return openFile(url);
  }
  const client = createClient({ url, ...(authToken === null ? {} : { authToken }) });
  await migrateToLatest(client, migrationsFolder);
  client.close();
  const { driver, close } = streamDriver(url, authToken);
  return { driver: oneWriter(driver), close };
}

/** Several servers may start at once on one database: whoever comes second finds the work done. */
async function migrateToLatest(client: Client, migrationsFolder: string): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      // The schema's type is named, since working it out from the client takes the checker half a second.
      return await migrate<Record<string, never>>(drizzle(client), { migrationsFolder });
    } catch (error) {
      if (round === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * round));
    }
  }
}
