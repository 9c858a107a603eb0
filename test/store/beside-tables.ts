import { afterAll, beforeAll } from "vitest";
import { openFile, type OpenFile } from "../../src/runtime/database/libsql-file.ts";
import type { Statement } from "../../src/store/db.ts";
import { temporaryFolder } from "../support/processes.ts";

/** Counts so far: of half a million, longer than a turn of the event loop. */
const counting = (millions: number): Statement => ({
  sql: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT count(*) FROM n",
  params: [millions * 1_000_000],
});
/** As long as nobody could wait for: some fifty times what anything else here takes. */
export const LONG = counting(5);
export const SLOW = counting(0.5);
export const COUNT: Statement = { sql: "SELECT count(*) FROM t", params: [] };
export const insert = (text: string): Statement => ({
  sql: "INSERT INTO t (text) VALUES (?)",
  params: [text],
});

/** Files with a table each, in a folder that goes when the tests are over. */
export function besideTables() {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const open: OpenFile[] = [];
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(async () => {
    for (const { close } of open) close();
    await folder.remove();
  });
  const pathOf = (name: string) => `${folder.path}/${name}.db`;
  return {
    pathOf,
    /** A file with a table, that is large from so many bytes on. */
    openTable: async (name: string, largeBytes: number) => {
      const file = openFile(`file:${pathOf(name)}`, { largeBytes });
      open.push(file);
      await file.driver([{ sql: "CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)", params: [] }], "write");
      const { driver } = file;
      if (driver.aside === undefined) throw new Error("a file reads aside");
      return { driver, aside: driver.aside, close: file.close };
    },
  };
}

/** Which of these came in which order. */
export async function orderOf(work: Record<string, Promise<unknown>>): Promise<string[]> {
  const order: string[] = [];
  await Promise.all(Object.entries(work).map(([name, done]) => done.then(() => order.push(name))));
  return order;
}
