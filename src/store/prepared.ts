import { is, Placeholder, type SQL, sql } from "drizzle-orm";
import { type SQLiteColumn, SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import type { Statement } from "./db.ts";

/** The place of a value. With a column, values are checked and encoded as the column's own are. */
export type Slot<V> = (name: keyof V & string, column?: SQLiteColumn) => SQL;

/** A statement's text, and what it binds: the place of a slot, or a value that never changes. */
type Text = { sql: string; binds: ({ slot: number } | { value: unknown })[] };
type Texts = { slots: { name: string; column: SQLiteColumn | undefined }[]; texts: Text[] };

/**
 * Statements whose text is built once, at the first call: building it is most of a small batch's work
 * in JavaScript. `build` must give the same text whenever it is called; see `perShape` for several.
 * A value that a statement speaks of often is bound once. Run them with `db.run`.
 */
export function prepared<V extends object>(
  build: (slot: Slot<V>) => readonly SQL[],
): (values: V) => Statement[] {
  let made: Texts | undefined;
  return (values) => {
    const { slots, texts } = (made ??= compile(build));
    const given = values as Record<string, unknown>;
    const bound = slots.map(({ name, column }) => {
      const value = given[name];
      if (value === undefined) throw new TypeError(`no value for ${name}`);
      return value === null || column === undefined ? value : column.mapToDriverValue(value);
    });
    return texts.map((text) => ({
      sql: text.sql,
      params: text.binds.map((bind) => ("slot" in bind ? bound[bind.slot] : bind.value)),
    }));
  };
}

/** Makes something once for each shape, and keeps it. For shapes of which there are few. */
export function perShape<S extends readonly (string | number | boolean)[], T>(
  make: (...shape: S) => T,
): (...shape: S) => T {
  const kept = new Map<string, T>();
  return (...shape) => {
    const key = shape.join();
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = make(...shape);
    kept.set(key, made);
    return made;
  };
}

function compile<V>(build: (slot: Slot<V>) => readonly SQL[]): Texts {
  const slots: Texts["slots"] = [];
  const statements = build((name, column) => {
    const known = slots.find((slot) => slot.name === name);
    if (known === undefined) slots.push({ name, column });
    else if (known.column !== column) throw new TypeError(`${name} is said to be of two columns`);
    return sql`${sql.placeholder(name)}`;
  });
  const places = new Map(slots.map(({ name }, place) => [name, place]));
  return { slots, texts: statements.map((statement) => textOf(statement, places)) };
}

/** drizzle's text with numbered parameters, `?1`, `?2`…: each slot has one number in a statement. */
function textOf(statement: SQL, places: ReadonlyMap<string, number>): Text {
  const dialect = new SQLiteSyncDialect();
  dialect.escapeParam = (at) => `\0${at}\0`;
  const query = dialect.sqlToQuery(statement);
  const binds: Text["binds"] = [];
  const numbers = new Map<number, number>();
  const text = query.sql.replace(/\0(\d+)\0/g, (_, at: string) => {
    const value = query.params[Number(at)];
    const slot = is(value, Placeholder) ? places.get(value.name) : undefined;
    const known = slot === undefined ? undefined : numbers.get(slot);
    if (known !== undefined) return `?${known}`;
    const number = binds.push(slot === undefined ? { value } : { slot });
    if (slot !== undefined) numbers.set(slot, number);
    return `?${number}`;
  });
  return { sql: text, binds };
}
