import { truncateSync } from "node:fs";
import Database from "libsql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../src/runtime/database/node.ts";
import { openFile } from "../../src/runtime/database/libsql-file.ts";
import type { Driver } from "../../src/store/db.ts";
import { temporaryFolder } from "../support/processes.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const one = async (driver: Driver, sql: string) => (await driver([{ sql, params: [] }], "read"))[0]?.[0]?.[0];

test("a new file has small pages, and goes on having them", async () => {
  const url = `file:${folder.path}/new.db`;
  for (let start = 0; start < 2; start++) {
    const { driver, close } = await openDatabase(url, null, "migrations");
    expect(Number(await one(driver, "PRAGMA page_size"))).toBe(2048);
    expect(await one(driver, "PRAGMA journal_mode")).toBe("wal");
    close();
  }
});

test("a file that was there keeps its pages, and what is in it", async () => {
  const url = `file:${folder.path}/old.db`;
  const before = openFile(url);
  const write = (sql: string) => before.driver([{ sql, params: [] }], "write");
  await write("CREATE TABLE kept (id INTEGER PRIMARY KEY)");
  await write("INSERT INTO kept VALUES (7)");
  before.close();
  const { driver, close } = await openDatabase(url, null, "migrations");
  expect(Number(await one(driver, "PRAGMA page_size"))).toBe(4096);
  expect(Number(await one(driver, "SELECT id FROM kept"))).toBe(7);
  expect(Number(await one(driver, "SELECT count(*) FROM workspaces"))).toBe(0);
  expect(await one(driver, "PRAGMA integrity_check")).toBe("ok");
  close();
});

test("a file is converted as docs/operations.md says", async () => {
  const path = `${folder.path}/converted.db`;
  // A copy that nobody has open: a closed connection lives on until its statements are collected.
  const old = await openDatabase(`file:${folder.path}/old.db`, null, "migrations");
  await old.driver([{ sql: "VACUUM INTO ?", params: [path] }], "read");
  old.close();
  const database = new Database(path);
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA journal_mode = DELETE; PRAGMA page_size = 2048; VACUUM");
  database.close();
  const { driver, close } = await openDatabase(`file:${path}`, null, "migrations");
  expect(Number(await one(driver, "PRAGMA page_size"))).toBe(2048);
  expect(await one(driver, "PRAGMA journal_mode")).toBe("wal");
  expect(Number(await one(driver, "SELECT id FROM kept"))).toBe(7);
  expect(await one(driver, "PRAGMA integrity_check")).toBe("ok");
  close();
});

test("a file of a gibibyte has more of its pages kept in memory than a smaller one", async () => {
  const path = `${folder.path}/large.db`;
  for (const [bytes, kib] of [
    [2 ** 30 - 4096, 16_384],
    [2 ** 30, 49_152],
  ] as const) {
    const made = openFile(`file:${path}`);
    await made.driver(
      [{ sql: "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY)", params: [] }],
      "write",
    );
    made.close();
    // A hole: nothing of it is on the disk.
    truncateSync(path, bytes);
    const { driver, close } = openFile(`file:${path}`);
    expect(Number(await one(driver, "PRAGMA cache_size"))).toBe(-kib);
    close();
  }
});
