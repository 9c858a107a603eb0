import Database from "libsql";
import { bindValue } from "../../src/runtime/database/rows.ts";
import type { Driver, Rows } from "../../src/store/db.ts";

const CACHE_KIB = 3_000_000;
const PREPARED = 100;
const FEW = 100;

/**
 * Opens a file that nobody else has open, to write millions of rows: no journal, no wait for the disk, a
 * large cache. What is half-way when it fails is lost. `close` puts everything on the disk, in WAL.
 */
export function openBulk(path: string): { driver: Driver; close: () => void } {
  const database = new Database(path);
  const pragmas = ["journal_mode = DELETE", "journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF"];
  for (const pragma of [...pragmas, `cache_size = -${CACHE_KIB}`, "temp_store = MEMORY"])
    database.pragma(pragma);
  const prepared = new Map<string, ReturnType<typeof database.prepare>>();
  const prepare = (sql: string) => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    if (prepared.size > PREPARED) prepared.clear();
    const made = database.prepare(sql);
    if (made.reader) made.raw(true);
    prepared.set(sql, made);
    return made;
  };
  return {
    driver: async (statements) => {
      database.exec("BEGIN");
      const results = statements.map(({ sql, params }): Rows => {
        const statement = prepare(sql);
        // Long lists are numbers for columns of integers, and turn into them there: to convert them here is slow.
        const values = params.length > FEW ? params : params.map(bindValue);
        if (statement.reader) return statement.all(values) as Rows;
        statement.run(values);
        return [];
      });
      database.exec("COMMIT");
      return results;
    },
    close: () => {
      prepared.clear();
      database.pragma("synchronous = FULL");
      database.pragma("journal_mode = DELETE");
      database.pragma("journal_mode = WAL");
      database.close();
    },
  };
}
