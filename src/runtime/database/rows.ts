import type { InValue, ResultSet } from "@libsql/client";
import type { Rows } from "../../store/db.ts";

/** JavaScript numbers bind as REAL; integers must arrive as integers where they are compared. */
export const bindValue = (value: unknown): InValue =>
  typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : (value as InValue);

/**
 * A libSQL result as plain arrays.
 * @throws when two columns share a name: D1 would drop one of them, so no host lets it pass.
 */
export function toRows({ columns, rows }: ResultSet): Rows {
  if (new Set(columns).size !== columns.length) {
    throw new Error(`two columns share a name: ${columns.join(", ")}`);
  }
  return rows.map((row) => columns.map((_, i) => row[i]));
}
