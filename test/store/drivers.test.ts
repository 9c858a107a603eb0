import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fewWriters } from "../../src/runtime/database/few-writers.ts";
import { openFile } from "../../src/runtime/database/libsql-file.ts";
import { streamDriver } from "../../src/runtime/database/libsql-streams.ts";
import { oneWriter } from "../../src/runtime/database/one-writer.ts";
import { refusalOf } from "../../src/store/constraint.ts";
import type { Driver } from "../../src/store/db.ts";
import { hasLibsqlServer, startLibsqlServer, temporaryFolder } from "../support/processes.ts";

type Opened = { driver: Driver; close: () => Promise<void> };

const drivers: Record<string, () => Promise<Opened>> = {
  "an embedded file": async () => {
    const folder = await temporaryFolder();
    const { driver, close } = openFile(`file:${folder.path}/test.db`);
    return { driver, close: async () => (close(), folder.remove()) };
  },
};
if (hasLibsqlServer()) {
  drivers["a libSQL server"] = async () => {
    const { url, stop } = await startLibsqlServer();
    const { driver, close } = streamDriver(url, null);
    return { driver: oneWriter(driver), close: async () => (close(), stop()) };
  };
  drivers["a libSQL server, from a Worker"] = async () => {
    const { url, stop } = await startLibsqlServer();
    const { driver, close } = streamDriver(url, null);
    return { driver: fewWriters(driver), close: async () => (close(), stop()) };
  };
}

const insert = (id: number, text: string | null) => ({
  sql: "INSERT INTO t (id, text) VALUES (?, ?)",
  params: [id, text],
});

describe.each(Object.entries(drivers))("statements that wait together on %s", (name, open) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
    const sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT NOT NULL, CHECK (text <> 'bad'))";
    await opened.driver([{ sql, params: [] }], "write");
  });
  afterAll(() => opened.close());

  test("are each atomic: one that fails takes no other with it, and leaves nothing of itself", async () => {
    const { driver } = opened;
    const batches = Array.from({ length: 100 }, (_, n) => {
      const good = [insert(n * 10 + 1, "first"), insert(n * 10 + 2, "second")];
      // Every third one fails after its first statement, in three ways.
      if (n % 9 === 0) return [...good, insert(n * 10 + 1, "twice")];
      if (n % 9 === 3) return [...good, insert(n * 10 + 3, "bad")];
      if (n % 9 === 6) return [...good, insert(n * 10 + 3, null)];
      return good;
    });
    const results = await Promise.allSettled(batches.map((batch) => driver(batch, "write")));
    results.forEach((result, n) => {
      expect(result.status).toBe(n % 3 === 0 ? "rejected" : "fulfilled");
      if (result.status === "rejected") {
        const kinds = { 0: "unique", 3: "check", 6: "missing" } as const;
        expect(refusalOf(result.reason)?.kind).toBe(kinds[(n % 9) as 0 | 3 | 6]);
      }
    });
    const [rows] = await driver([{ sql: "SELECT id FROM t ORDER BY id", params: [] }], "read");
    const expected = batches.flatMap((_, n) => (n % 3 === 0 ? [] : [n * 10 + 1, n * 10 + 2]));
    expect(rows?.map(([id]) => Number(id))).toEqual(expected);
  });

  test("see what those before them wrote, each its own", async () => {
    const { driver } = opened;
    const next = {
      sql: "INSERT INTO t (id, text) SELECT max(id) + 1, 'n' || (max(id) + 1) FROM t RETURNING id",
      params: [],
    };
    const results = await Promise.all(Array.from({ length: 50 }, () => driver([next], "write")));
    const ids = results.map(([rows]) => Number(rows?.[0]?.[0]));
    const sorted = ids.toSorted((a, b) => a - b);
    expect(sorted).toEqual(Array.from({ length: 50 }, (_, i) => (sorted[0] as number) + i));
    // A Worker's requests look for their turn each by itself; elsewhere the first to come is the first.
    if (!name.includes("Worker")) expect(ids).toEqual(sorted);
  });

  test("bear more reads at once than a server takes", async () => {
    const count = { sql: "SELECT count(*) FROM t", params: [] };
    const results = await Promise.all(
      Array.from({ length: 300 }, () => opened.driver([count], "read").then(([rows]) => rows?.[0]?.[0])),
    );
    expect(new Set(results).size).toBe(1);
  });

  test("refuse a result whose columns share a name", async () => {
    const twice = { sql: "SELECT id, id FROM t LIMIT 1", params: [] };
    await expect(opened.driver([twice], "read")).rejects.toThrow("share a name");
  });
});

test("a closed file answers with an error, and ends nothing else", async () => {
  const folder = await temporaryFolder();
  const { driver, close } = openFile(`file:${folder.path}/test.db`);
  await driver([{ sql: "SELECT 1", params: [] }], "read");
  close();
  for (const mode of ["read", "write"] as const) {
    await expect(driver([{ sql: "SELECT 1", params: [] }], mode)).rejects.toThrow("closed");
  }
  await folder.remove();
});
