import { setImmediate, setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { readsBeside } from "../../src/runtime/database/reads-beside.ts";
import { createDb, type Statement } from "../../src/store/db.ts";
import { besideTables, COUNT, insert, LONG, orderOf, SLOW } from "./beside-tables.ts";

const { openTable, pathOf } = besideTables();

describe("what is made of a read", () => {
  const json = (value: unknown): Statement => ({ sql: "SELECT ?", params: [JSON.stringify(value)] });
  const head = json({ head: null, target: null, last: 7, count: 3, due: 0 });
  const board = { id: 1, metric: "direct", startsAt: 0, endsAt: 9, builtUpto: 9, filter: "", state: "live" };
  const change = [5, 2, 4, 1, null, null, null, null];
  const step = [head, json(board), json(change), json([4, null, 0, 1, [], []])];
  /** The same, but for a statement that takes long and finds nobody. */
  const slowly = [
    ...step.slice(0, 3),
    { ...SLOW, sql: `SELECT n FROM (${SLOW.sql.replace("count(*)", "count(*) AS n")}) WHERE n < 0` },
  ];

  /** The same reads with and without others who have work, and the order in which they and the next turn come. */
  async function open(name: string) {
    const table = await openTable(name, 0);
    const { reduce } = table.driver;
    if (reduce === undefined) throw new Error("a file works out aside");
    const order = () => orderOf({ made: reduce("fold", 3, slowly), turn: setImmediate() });
    /** Two writes, one soon after the other: then more are awaited for a while. On a slow disk it takes some tries. */
    const crowd = async () => {
      for (let start = -Infinity; performance.now() - start > 40;) {
        start = performance.now();
        for (let n = 0; n < 2; n++) await table.driver([insert("x")], "write");
      }
    };
    return { ...table, reduce, order, crowd };
  }

  test("is made beside where others have work, and on the spot where nobody has", async () => {
    const { crowd, order } = await open("made");
    await setTimeout(100);
    expect(await order()).toEqual(["made", "turn"]);
    await crowd();
    expect(await order()).toEqual(["turn", "made"]);
  });

  test("waits for no report: it is made on the spot then, but behind what is brief", async () => {
    const { crowd, aside, order } = await open("made-behind");
    await crowd();
    const brief = Promise.all(Array.from({ length: 8 }, () => aside([COUNT], true)));
    expect(await order()).toEqual(["turn", "made"]);
    await brief;
    const long = aside([LONG]);
    expect(await order()).toEqual(["made", "turn"]);
    await long;
  });

  test("is made on the spot where nobody writes beside it, but for one now and then, until somebody does", async () => {
    const { driver, crowd, order } = await open("made-in-vain");
    const orders = async (times: number, write: boolean) => {
      const came: string[] = [];
      for (let n = 0; n < times; n++) {
        await crowd();
        const ordered = order();
        // It is committed in the next turn, and no thread's answer is heard before.
        await Promise.all([ordered, write ? driver([insert("y")], "write") : null]);
        came.push((await ordered)[0] ?? "");
      }
      return came;
    };
    // The thread is there by then, and free.
    await orders(1, false);
    await setTimeout(500);
    const [beside, spot] = [["turn"], Array.from({ length: 8 }, () => "made")];
    expect(await orders(4, true)).toEqual([...beside, ...beside, ...beside, ...beside]);
    expect(await orders(20, false)).toEqual([...beside, ...beside, ...spot, ...beside, ...spot, ...beside]);
    // Eight more, and then one that somebody writes beside.
    expect(await orders(8, false)).toEqual(spot);
    expect(await orders(4, true)).toEqual([...beside, ...beside, ...beside, ...beside]);
  });

  test("is the same in both places, and so is what is wrong with it", async () => {
    const { driver, crowd, reduce } = await open("made-same");
    await crowd();
    const beside = await reduce("fold", 3, step);
    const db = createDb(driver);
    expect(beside).toEqual(await db.reduce("fold", 3, step, false));
    expect(beside).toMatchObject({
      last: 7,
      more: true,
      changed: 1,
      newcomers: 1,
      standing: 1,
      doubtful: null,
    });
    expect(beside.lists.map(([write]) => write)).toEqual(["credits", "tallies", "counts", "people"]);
    for (const wrong of [[{ sql: "SELEC", params: [] }], [{ sql: "SELECT ?", params: ["{"] }]]) {
      const said = await db
        .reduce("fold", 3, wrong, false)
        .catch((error: unknown) => (error as Error).message);
      await crowd();
      await expect(reduce("fold", 3, wrong)).rejects.toThrow(said as string);
    }
  });

  /** A thread that answers the first so many, by what they ask for, and then no more. */
  const silentAfter = (answers: number) =>
    new URL(
      `data:text/javascript,${encodeURIComponent(`
        import { parentPort } from "node:worker_threads";
        let left = ${answers};
        parentPort.on("message", (asked) => left-- > 0 && parentPort.postMessage({ value: asked.statements.length }));`)}`,
    );

  test.each([
    ["is made on the spot soon where a thread does not get to its first", 0, ["soon", "made", "late"]],
    ["is made on the spot where a thread that is there does not get to it", 1, ["soon", "late", "made"]],
  ])("%s", async (_, answers, order) => {
    const { driver } = await open(`made-late-${answers}`);
    const spots: Statement[][] = [];
    const onTheSpot = (statements: Statement[]) => {
      spots.push(statements);
      return driver(statements, "read");
    };
    const path = pathOf(`made-late-${answers}`);
    const file = { path, busyMs: 100, largeBytes: 0, isBusy: () => true, module: silentAfter(answers) };
    const { reduce, close } = readsBeside(file, onTheSpot);
    for (let n = 0; n < answers; n++) {
      // It may come too late for that itself, since nothing waits for a thread to be there.
      const made: unknown = await reduce("fold", 3, step);
      if (made !== step.length) spots.splice(0);
      await setTimeout(100);
    }
    const made = reduce("fold", 3, step);
    expect(await orderOf({ soon: setTimeout(20), late: setTimeout(200), made })).toEqual(order);
    expect(await made).toEqual(await createDb(driver).reduce("fold", 3, step, false));
    // The thread still has it: nothing more is given to it.
    await reduce("fold", 3, step);
    expect(spots).toEqual([step, step]);
    close();
  });

  test("is refused when the file is closed under it", async () => {
    const { crowd, reduce, close } = await open("made-closed");
    await crowd();
    const under = reduce("fold", 3, slowly);
    await setImmediate();
    close();
    await expect(under).rejects.toThrow("closed");
    await expect(reduce("fold", 3, step)).rejects.toThrow("closed");
  });
});
