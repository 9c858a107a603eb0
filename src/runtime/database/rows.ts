import type { ResultSet } from "@libsql/client";
import type { Rows } from "../../store/db.ts";

type Bindable = string | number | bigint | null;

/** JavaScript numbers bind as REAL; integers must arrive as integers where they are compared. */
export function bindValue(value: unknown): Bindable {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "boolean") return value ? 1n : 0n;
  return (value ?? null) as Bindable;
}

/** Refuses a result two of whose columns share a name: D1 would drop one, so no host lets it pass. */
export function demandDistinct(columns: readonly string[]): void {
  if (new Set(columns).size !== columns.length)
    throw new Error(`two columns share a name: ${columns.join(", ")}`);
}

/** A libSQL result as plain arrays. */
export function toRows({ columns, rows }: ResultSet): Rows {
  demandDistinct(columns);
  return rows.map((row) => columns.map((_, i) => row[i]));
}
