import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  lateFrames,
  longFrames,
  MANY_ROWS,
  OWN_CHECKPOINT_PAGES,
} from "../../src/runtime/database/checkpoints.ts";
import { openFile } from "../../src/runtime/database/libsql-file.ts";
import type { Driver } from "../../src/store/db.ts";
import { temporaryFolder } from "../support/processes.ts";

const WRITER = "test/processes/checkpoints-writer.ts";
const KILLS = 6;
/** Commits of 16 rows after which the thread copies, with some to spare. */
const BUSY = 16 * 300;
/** The bytes of a frame in these files, and how long the log of a small one gets before it begins anew, or a commit copies it. */
const FRAME = 4_096 + 24;
const [LONG_BYTES, LATE_BYTES] = [longFrames(0) * FRAME, lateFrames(0) * FRAME];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

async function makeTable(name: string) {
  const url = `file:${folder.path}/${name}.db`;
  const file = openFile(url);
  const table = "CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT NOT NULL, mark TEXT NOT NULL)";
  await file.driver([{ sql: table, params: [] }], "write");
  await file.driver([{ sql: "CREATE INDEX t_mark ON t (mark)", params: [] }], "write");
  file.close();
  return url;
}

/** What the file holds, read by a connection of its own. */
async function look(url: string) {
  const file = openFile(url);
  const [ids] = await file.driver([{ sql: "SELECT id FROM t", params: [] }], "read");
  const [whole] = await file.driver([{ sql: "PRAGMA integrity_check", params: [] }], "read");
  file.close();
  return { ids: new Set((ids ?? []).map(([id]) => Number(id))), whole: whole?.[0]?.[0] };
}

/** Starts a writer, and ends it by force once it said of `enough` rows that they are in. */
async function writeAndKill(url: string, first: number, enough: number, length = 400): Promise<number[]> {
  const child = spawn(process.execPath, [WRITER, url, String(first), String(length)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  const said: number[] = [];
  let rest = "";
  for await (const chunk of child.stdout) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    said.push(...lines.map(Number));
    if (said.length >= enough) child.kill("SIGKILL");
  }
  await gone;
  return said;
}

test(`kill -9 while a thread copies the log, ${KILLS} times: every answered write is there, the file is whole`, async () => {
  const url = await makeTable("killed");
  const said: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    said.push(...(await writeAndKill(url, (kill + 1) * 1_000_000, BUSY + kill * 900)));
    const { ids, whole } = await look(url);
    expect(whole).toBe("ok");
    expect(said.filter((id) => !ids.has(id))).toEqual([]);
  }
});

/** Letters of a row by which the log gets long in a second. */
const LONG_TEXT = 12_000;

test("kill -9 while a long log is made to begin anew: every answered write is there, the file is whole", async () => {
  const url = await makeTable("long");
  const said: number[] = [];
  let longest = 0;
  for (let kill = 0; kill < 3; kill++) {
    said.push(...(await writeAndKill(url, (kill + 1) * 1_000_000, 2 * BUSY + kill * 1_100, LONG_TEXT)));
    longest = Math.max(longest, statSync(`${url.slice("file:".length)}-wal`).size);
    const { ids, whole } = await look(url);
    expect(whole).toBe("ok");
    expect(said.filter((id) => !ids.has(id))).toEqual([]);
  }
  expect(longest).toBeGreaterThan(LONG_BYTES);
});

test("the log is copied into a busy file while it is written, and closing it ends the thread and loses nothing", async () => {
  const url = await makeTable("closed");
  const path = url.slice("file:".length);
  const child = spawn(process.execPath, [WRITER, url, "0"], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(child, "exit");
  let said = "";
  // A commit that finds the log late copies it by itself, but no sooner.
  let copied = 0;
  for await (const chunk of child.stdout) {
    said += String(chunk);
    copied ||= statSync(path).size > 300_000 ? statSync(`${path}-wal`).size : 0;
    if (copied > 0 || said.split("\n").length > 20 * BUSY) child.stdin.end();
  }
  expect(await gone).toEqual([0, null]);
  expect(copied).toBeGreaterThan(0);
  expect(copied).toBeLessThan(LATE_BYTES);
  const { ids, whole } = await look(url);
  const rows = said.trimEnd().split("\n");
  expect(rows.pop()).toBe("closed");
  expect([ids.size, whole]).toEqual([rows.length, "ok"]);
});

/** A commit of `rows` rows of so many letters. */
async function commitRows(driver: Driver, n: number, rows: number, length: number): Promise<void> {
  const sql = "INSERT INTO t (id, text, mark) VALUES (?, ?, ?)";
  const batch = Array.from({ length: rows }, (_, i) => [n * ROWS + i, "x".repeat(length), `${i}`]);
  await driver(
    batch.map((params) => ({ sql, params })),
    "write",
  );
}

const ROWS = 16;
/** Letters of a row of five frames. */
const LONG_ROW = 18_000;
/** Commits of 80 frames and more: over twice as many as the log may have before a commit copies it itself. */
const COMMITS = 2_100;
/** Commits after which the thread is there, and how long it takes to come, in milliseconds. */
const FIRST = 300;
const COMES_MS = 500;

test("while somebody goes on writing, the log begins anew before a commit has to copy it", async () => {
  const url = await makeTable("busy");
  const log = `${url.slice("file:".length)}-wal`;
  const file = openFile(url);
  await makeBusy(file.driver);
  let longest = 0;
  for (let n = FIRST; n < FIRST + COMMITS; n++) {
    await commitRows(file.driver, n, ROWS, LONG_ROW);
    // Not faster than a crowd joins; a disk that is busy with something else may then be as slow as it likes.
    await setTimeout(1);
    if (n % 16 === 0) longest = Math.max(longest, statSync(log).size);
  }
  const begun = begunOf(log);
  file.close();
  expect(COMMITS * ROWS * 5).toBeGreaterThan(2 * lateFrames(0));
  expect(longest).toBeLessThan(LATE_BYTES);
  expect(begun).toBeGreaterThan(2);
  expect(await look(url)).toMatchObject({ whole: "ok" });
});

/** How often the log of a file began: the fourth word of its head. */
function begunOf(log: string): number {
  const head = Buffer.alloc(16);
  const file = openSync(log, "r");
  readSync(file, head, 0, head.length, 0);
  closeSync(file);
  return head.readUInt32BE(12);
}

/** How long a thread that is nearly done may take, in milliseconds. */
const CATCHES_UP_MS = 3_000;

test("whoever commits very much leaves it to the thread to copy that, and the log begins anew all the same", async () => {
  const url = await makeTable("much");
  const log = `${url.slice("file:".length)}-wal`;
  const file = openFile(url);
  let n = 0;
  const isLong = () => n > 0 && statSync(log).size > 1.02 * LONG_BYTES;
  for (; !isLong(); n++) await commitRows(file.driver, n, ROWS, LONG_ROW);
  // Now all of it is copied, and the thread says so to whoever commits next.
  await setTimeout(CATCHES_UP_MS);
  await commitRows(file.driver, n + 2, MANY_ROWS + 1, 10);
  const begun = begunOf(log);
  await commitRows(file.driver, n, ROWS, 10);
  // Had it copied them, nothing would be left, and this one would have begun the log anew.
  expect(begunOf(log)).toBe(begun);
  await setTimeout(CATCHES_UP_MS);
  await commitRows(file.driver, n + 1, ROWS, 10);
  expect(begunOf(log)).toBe(begun + 1);
  file.close();
  expect(await look(url)).toMatchObject({ whole: "ok" });
});

/** Writes until the file's thread is there, and gives it time to come. */
async function makeBusy(driver: Driver): Promise<void> {
  for (let n = 0; n < FIRST; n++) await commitRows(driver, n, 1, 10);
  await setTimeout(COMES_MS);
}

test("whoever pauses between commits does not have the file waited for each time, but once nobody writes any more", async () => {
  const url = await makeTable("pauses");
  const log = `${url.slice("file:".length)}-wal`;
  const file = openFile(url);
  await makeBusy(file.driver);
  let n = FIRST;
  const pauseAndWrite = async (times: number) => {
    for (let i = 0; i < times; i++) {
      await setTimeout(100);
      await commitRows(file.driver, n++, 1, 10);
    }
  };
  // The thread's first pass comes behind all others. What is copied whole begins anew with the next commit.
  await pauseAndWrite(6);
  const begun = begunOf(log);
  await pauseAndWrite(12);
  expect(begunOf(log)).toBe(begun);
  await setTimeout(CATCHES_UP_MS);
  await pauseAndWrite(1);
  expect(begunOf(log)).toBe(begun + 1);
  file.close();
});

test("the log begins anew where two have the file open and both write", async () => {
  const url = await makeTable("two");
  const log = `${url.slice("file:".length)}-wal`;
  const files = [openFile(url), openFile(url)];
  const [first, second] = files.map(({ driver }) => driver) as [Driver, Driver];
  await makeBusy(first);
  for (let n = 0; n < FIRST; n++) await commitRows(second, COMMITS + n, 1, 10);
  const begun = begunOf(log);
  let longest = 0;
  for (let n = FIRST; n < FIRST + COMMITS / 2; n++) {
    await commitRows(first, n, ROWS / 2, LONG_ROW);
    await commitRows(second, COMMITS + n, ROWS / 2, LONG_ROW);
    await setTimeout(1);
    longest = Math.max(longest, statSync(log).size);
  }
  expect(begunOf(log)).toBeGreaterThan(begun);
  expect(longest).toBeLessThan(LATE_BYTES);
  for (const { close } of files) close();
  expect(await look(url)).toMatchObject({ whole: "ok" });
});

test("what a kill leaves of a long log is copied beside, before anybody writes", async () => {
  const url = await makeTable("left");
  const log = `${url.slice("file:".length)}-wal`;
  const said = await writeAndKill(url, 0, 700, LONG_TEXT);
  const begun = begunOf(log);
  expect(statSync(log).size).toBeGreaterThan(4_000_000);
  expect(statSync(log).size).toBeLessThan(OWN_CHECKPOINT_PAGES * FRAME);
  const file = openFile(url);
  await file.driver([{ sql: "SELECT count(*) FROM t", params: [] }], "read");
  await setTimeout(CATCHES_UP_MS);
  // It is shorter than one that a commit copies: had nobody copied it, this one would only be added.
  await commitRows(file.driver, 1_000_000, 1, 10);
  expect(begunOf(log)).toBe(begun + 1);
  file.close();
  const { ids, whole } = await look(url);
  expect([said.filter((id) => !ids.has(id)), whole]).toEqual([[], "ok"]);
});

test("a log may be the longer the larger its file is, within bounds, and is never late before it is long", () => {
  const sizes = [0, 1e6, 262e6, 263e6, 1e9, 2e9, 17e9];
  const long = sizes.map(longFrames);
  expect(long).toEqual([32_000, 32_000, 32_000, 32_104, 122_070, 128_000, 128_000]);
  expect(sizes.map(lateFrames)).toEqual(long.map((frames) => Math.round(frames * 2.5)));
});

/** Commits of a crowd in its first second: fewer than make a file busy, and far more frames than a commit copies. */
const CROWD = 240;

test("a crowd that commits together has the log copied beside from its first second on", async () => {
  const url = await makeTable("crowd");
  const path = url.slice("file:".length);
  const file = openFile(url);
  const before = statSync(path).size;
  let longest = 0;
  for (let n = 0; n < CROWD && statSync(path).size === before; n++) {
    await commitRows(file.driver, n, ROWS, LONG_ROW);
    longest = Math.max(longest, statSync(`${path}-wal`).size);
    // The thread has two seconds to come, where the machine does other things.
    await setTimeout(20);
  }
  file.close();
  expect(CROWD * ROWS * 5).toBeGreaterThan(1.5 * OWN_CHECKPOINT_PAGES);
  // Somebody copied, and it was no commit: those wait until the log is longer than it was.
  expect(longest).toBeLessThan(OWN_CHECKPOINT_PAGES * 4_096);
  expect(await look(url)).toMatchObject({ whole: "ok" });
});
