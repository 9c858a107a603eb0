import { and, isNull, type SQL } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Db } from "./db.ts";

type Revocable = SQLiteTable & { revokedAt: SQLiteColumn };

/** Revokes the rows that `mine` names, for good: those that were revoked before keep their time. */
export const revoke = (db: Db, table: Revocable, mine: SQL | undefined, now: number) =>
  db.q
    .update(table)
    .set({ revokedAt: now })
    .where(and(mine, isNull(table.revokedAt)));

/** Revokes one row; answers it, or undefined where there is none. One batch. */
export async function revokeOne<T extends Revocable>(
  db: Db,
  table: T,
  mine: SQL | undefined,
  now: number,
): Promise<T["$inferSelect"] | undefined> {
  const [, [row]] = await db.write([
    revoke(db, table, mine, now),
    db.q
      .select()
      .from(table as SQLiteTable)
      .where(mine),
  ]);
  return row;
}
