import { setImmediate, setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Problem } from "../../src/domain/problem.ts";
import { readsBeside } from "../../src/runtime/database/reads-beside.ts";
import { createDb, type Rows, type Statement } from "../../src/store/db.ts";
import { besideTables, COUNT, insert, LONG, orderOf, SLOW } from "./beside-tables.ts";

const { pathOf, openTable } = besideTables();

describe("reads beside, of a large file", () => {
  test("hold up neither those who write nor what is brief, and wait for one another", async () => {
    const { driver, aside } = await openTable("long", 0);
    const writes = async () => {
      for (let i = 0; i < 5; i++) await driver([insert(`${i}`)], "write");
    };
    const written = writes();
    const order = await orderOf({
      long: aside([LONG]),
      next: aside([COUNT]),
      writes: written,
      brief: written.then(() => aside([COUNT], true)),
    });
    expect(order).toEqual(["writes", "brief", "long", "next"]);
    expect(await aside([COUNT])).toEqual([[[5]]]);
  });

  test("are refused as busy where too many wait; brief ones are not", async () => {
    const { driver, aside } = await openTable("flood", 0);
    const db = createDb(driver);
    const flood = [LONG, ...Array.from({ length: 210 }, () => COUNT)].map((one) => db.run("aside", [one]));
    const settled = Promise.allSettled(flood);
    await driver([insert("x")], "write");
    expect(await orderOf({ read: aside([SLOW], true), turn: setImmediate() })).toEqual(["read", "turn"]);
    const refused = (await settled).filter((one) => one.status === "rejected");
    expect(refused.map(({ reason }) => (reason as Problem).code)).toEqual(refused.map(() => "busy"));
    expect(refused.length).toBe(10);
  });

  test("more of them than there are threads each come to their turn", async () => {
    const { driver, aside } = await openTable("many", 0);
    await driver([insert("one")], "write");
    const texts = Array.from({ length: 40 }, (_, i) => `${i}`);
    const read = (text: string) => aside([{ sql: "SELECT ?, count(*) FROM t", params: [text] }, COUNT]);
    expect(await Promise.all(texts.map(read))).toEqual(texts.map((text) => [[[text, 1]], [[1]]]));
  });

  test("see all that was committed when they were asked for, each as of one moment", async () => {
    const { driver, aside } = await openTable("fresh", 0);
    for (let n = 1; n <= 100; n++) {
      await driver([insert("x")], "write");
      const [first, again] = await aside([COUNT, COUNT]);
      expect([first, again]).toEqual([[[n]], [[n]]]);
      if (n % 10 !== 0) continue;
      // Whoever writes meanwhile is seen by both of a read's statements, or by none.
      const [[before, after]] = await Promise.all([aside([COUNT, COUNT]), driver([insert("y")], "write")]);
      expect(before).toEqual(after);
      await driver([{ sql: "DELETE FROM t WHERE text = 'y'", params: [] }], "write");
    }
  });

  test("answer values as reads on the spot do, of any kind and size", async () => {
    const { driver, aside } = await openTable("values", 0);
    const params = ["", "名字 '\";--", "\u0000", "x".repeat(3_000_000), 2 ** 53 - 1, -1.5, null, true, 0];
    const all = [{ sql: `SELECT ${params.map((_, i) => `?${i + 1} AS c${i}`).join(", ")}`, params }];
    const none = [{ sql: "SELECT id FROM t WHERE false", params: [] }];
    for (const statements of [all, none])
      expect(await aside(statements)).toEqual(await driver(statements, "read"));
  });

  test("say what is wrong as reads on the spot do, and write nothing", async () => {
    const { driver, aside } = await openTable("wrong", 0);
    const faults = [
      "SELECT * FROM nowhere",
      "SELECT id, id FROM t",
      "SELEC",
      "SELECT 1 FROM t WHERE json('{')",
    ];
    await driver([insert("x")], "write");
    for (const sql of faults) {
      const said = await driver([{ sql, params: [] }], "read").catch((error: unknown) => error);
      const { message, code } = said as Error & { code: unknown };
      await expect(aside([{ sql, params: [] }])).rejects.toMatchObject({
        message,
        ...(code ? { code } : {}),
      });
    }
    await expect(aside([insert("by a read")])).rejects.toThrow(/readonly/);
    expect(await aside([COUNT])).toEqual([[[1]]]);
  });

  test("are refused when the file is closed under them, and afterwards", async () => {
    const { aside, close } = await openTable("closed", 0);
    const under = [aside([SLOW]), aside([SLOW]), aside([COUNT])];
    await setImmediate();
    close();
    for (const read of under) await expect(read).rejects.toThrow("closed");
    await expect(aside([COUNT])).rejects.toThrow("closed");
  });
});

test("what is brief is read on the spot where it is alone, and aside where others ask or write meanwhile", async () => {
  const { driver, aside } = await openTable("brief", 0);
  const write = () => driver([insert("x")], "write");
  const quiet = () => setTimeout(100);
  await quiet();
  // The rest of this turn's work comes behind what is read on the spot, and before what is read aside.
  expect(await orderOf({ read: aside([SLOW], true), turn: setImmediate() })).toEqual(["read", "turn"]);
  await quiet();
  const order: string[] = [];
  const told = (name: string) => () => void order.push(name);
  const [first, second] = [setImmediate(), setImmediate()];
  await Promise.all([
    // Who asks again in the same callback is the same.
    first
      .then(() => aside([COUNT], true))
      .then(() => aside([COUNT], true))
      .then(told("first")),
    second.then(() => aside([SLOW], true)).then(told("second")),
    second.then(() => setImmediate()).then(told("turn")),
  ]);
  expect(order).toEqual(["first", "turn", "second"]);
  await quiet();
  await write();
  expect(await orderOf({ read: aside([SLOW], true), turn: setImmediate() })).toEqual(["turn", "read"]);
});

test("a small file is read on the spot, until it has grown", async () => {
  const { driver, aside } = await openTable("small", 1_000_000);
  expect(await orderOf({ read: aside([SLOW]), write: driver([insert("x")], "write") })).toEqual([
    "read",
    "write",
  ]);
  const large = { sql: "INSERT INTO t (text) VALUES (zeroblob(2000000))", params: [] };
  await driver([large], "write");
  await driver([{ sql: "PRAGMA wal_checkpoint", params: [] }], "read");
  expect(await orderOf({ read: aside([LONG]), write: driver([insert("x")], "write") })).toEqual([
    "write",
    "read",
  ]);
});

const NO_MODULE = new URL("./there-is-no-such-module.ts", import.meta.url);

test("where no thread can be had, what it was asked and all that comes after is read on the spot", async () => {
  const { driver } = await openTable("without", 0);
  const spots: Statement[][] = [];
  const onTheSpot = (statements: Statement[]): Promise<Rows[]> => {
    spots.push(statements);
    return driver(statements, "read");
  };
  const path = pathOf("without");
  const { read, close } = readsBeside({ path, busyMs: 100, largeBytes: 0, module: NO_MODULE }, onTheSpot);
  const asked = Array.from({ length: 5 }, () => read([COUNT]));
  expect(await Promise.all(asked)).toEqual(asked.map(() => [[[0]]]));
  expect(await read([COUNT])).toEqual([[[0]]]);
  expect(spots.length).toBe(6);
  close();
});

test("what is read behind a write sees it, in one trip", async () => {
  for (const largeBytes of [0, 1_000_000]) {
    const { driver } = await openTable(`behind-${largeBytes}`, largeBytes);
    let trips = 0;
    const db = createDb(driver).counted(() => trips++);
    const { q } = db;
    const write = () => q.run("INSERT INTO t (text) VALUES ('x')");
    for (let n = 1; n <= 20; n++) {
      const count = q.all<[number]>("SELECT count(*) FROM t");
      expect(await db.writeAndRead([write(), write()], [count])).toEqual([[[n * 2]]]);
    }
    expect(trips).toBe(20);
  }
});
