import { number } from "./drawing.ts";

/** Things by name, each as a text: two tables agree when they have the same names and texts. */
export type Table = Map<string, string>;

const SHOWN = 3;

/** Compares and says so. Counts what disagrees. */
export class Verdict {
  disagreements = 0;
  #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** One check. Nothing compared is a disagreement too. */
  compare(what: string, ours: Table, theirs: Table): void {
    const names = new Set([...ours.keys(), ...theirs.keys()]);
    const wrong = [...names].filter((name) => ours.get(name) !== theirs.get(name));
    const agrees = wrong.length === 0 && ours.size > 0;
    const sum = agrees ? number(ours.size) : `${number(wrong.length)} of ${number(names.size)} differ`;
    this.#say(`  ${agrees ? "✓ agrees   " : "✗ DISAGREES"}  ${what.padEnd(64)} ${sum.padStart(8)}`);
    if (agrees) return;
    this.disagreements++;
    for (const name of wrong.slice(0, SHOWN)) {
      this.#say(
        `      ${name}\n        expected ${ours.get(name) ?? "nothing"}\n        Qrove    ${theirs.get(name) ?? "nothing"}`,
      );
    }
  }
}

/** A table with a line a row. A name that comes twice is kept apart, so that a repeated row shows. */
export function byName<T>(rows: Iterable<T>, name: (row: T) => string, text: (row: T) => unknown): Table {
  const table: Table = new Map();
  const times = new Map<string, number>();
  for (const row of rows) {
    const key = name(row);
    const time = (times.get(key) ?? 0) + 1;
    times.set(key, time);
    table.set(time === 1 ? key : `${key}, time ${time}`, String(text(row)));
  }
  return table;
}

/** Rows that have an id, in any order. */
export const byId = <T extends { id: string }>(rows: Iterable<T>, text: (row: T) => unknown): Table =>
  byName(rows, ({ id }) => id, text);

/** Rows whose order counts. */
export const byPlace = <T>(rows: Iterable<T>, text: (row: T, i: number) => unknown): Table =>
  new Map([...rows].map((row, i) => [`number ${i + 1}`, String(text(row, i))]));
