import { causesOf } from "../domain/errors.ts";

/** What a database refused, read from a driver's error. */
export type Refusal = { kind: "unique" | "missing" | "check"; name: string };

const FORMS: [RegExp, Refusal["kind"]][] = [
  [/UNIQUE constraint failed: ([\w., ]+)/, "unique"],
  [/FOREIGN KEY constraint failed()/, "missing"],
  // An `ownId` that found nothing is NULL where a reference must stand.
  [/NOT NULL constraint failed: ([\w.]+)/, "missing"],
  [/CHECK constraint failed: (\w+)/, "check"],
];

/**
 * The constraint behind an error of any driver, or null when it is no constraint's.
 * Drivers wrap each other, and only the innermost may carry the text: so it walks `cause`.
 */
export function refusalOf(error: unknown): Refusal | null {
  for (const { message } of causesOf(error)) {
    for (const [form, kind] of FORMS) {
      const match = form.exec(message);
      if (match !== null) return { kind, name: match[1] ?? "" };
    }
  }
  return null;
}

// A libSQL server takes so many requests at once, and turns others away with 429 before it looks at them. One
// that waits too long between two statements takes the whole transaction back.
const BUSY =
  /SQLITE_BUSY|database is locked|database table is locked|HTTP status 429|TRANSACTION_(?:BUSY|TIMEOUT)|Transaction timed-out/;

/** Whether the database was too busy to begin or to end: nothing was written, and the batch may be sent again. */
export const isBusy = (error: unknown): boolean =>
  causesOf(error).some(({ code, message }) => BUSY.test(`${String(code)} ${message}`));
