import type Database from "libsql";
import type { Rows, Statement } from "../../store/db.ts";
import { bindValue, demandDistinct } from "./rows.ts";

/** Statements that are kept prepared: the product has about a hundred, some in several forms. */
const MAX_PREPARED = 500;

/** A statement that answers a row at the most: the binding fetches others by the hundred. */
const ONE_ROW = /\bLIMIT 1$/;

type Prepared = { all: (values: unknown[]) => Rows; run: (values: unknown[]) => void; reader: boolean };

/** A connection of the client's own binding, whose statements stay prepared: preparing costs more than most of them. */
export function preparedOn(database: Database.Database) {
  // The binding takes the process with it when a closed database is used: so nothing reaches it then.
  let open = true;
  const prepared = new Map<string, Prepared>();
  let changed = 0;
  const prepare = (sql: string): Prepared => {
    if (!open) throw new Error("the database is closed");
    let statement = prepared.get(sql);
    if (statement === undefined) {
      const made = database.prepare(sql);
      const { reader } = made;
      if (reader) {
        made.raw(true);
        demandDistinct(made.columns().map(({ name }) => name));
      }
      const one = (values: unknown[]) => {
        const row = made.get(values) as unknown[] | undefined;
        return row === undefined ? [] : [row];
      };
      statement = {
        reader,
        all: ONE_ROW.test(sql) ? one : (values) => made.all(values) as Rows,
        run: (values) => {
          changed += made.run(values).changes;
        },
      };
      // Forgetting all of them now and then is simpler than keeping their order.
      if (prepared.size >= MAX_PREPARED) prepared.clear();
      prepared.set(sql, statement);
    }
    return statement;
  };
  return {
    run: ({ sql, params }: Statement): Rows => {
      const statement = prepare(sql);
      const values = params.map(bindValue);
      if (statement.reader) return statement.all(values);
      statement.run(values);
      return [];
    },
    command: (sql: string): void => prepare(sql).run([]),
    /** How many rows were written so far by statements that answer none. */
    changed: (): number => changed,
    inTransaction: (): boolean => open && database.inTransaction,
    isOpen: (): boolean => open,
    close: (): void => {
      open = false;
      prepared.clear();
      database.close();
    },
  };
}
