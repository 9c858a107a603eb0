import { and, asc, desc, gt, lt, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { PageAsk } from "../domain/page.ts";

/** Condition, order and limit of a keyset page by id; one row more than asked, to see if more follow. */
export function byId(id: SQLiteColumn, order: "newest" | "oldest", { limit, position }: PageAsk) {
  const forward = position?.direction !== "before";
  const ascending = (order === "oldest") === forward;
  const beyond: SQL | undefined =
    position === null ? undefined : ascending ? gt(id, position.key) : lt(id, position.key);
  return {
    where: (scope: SQL) => and(scope, beyond),
    order: ascending ? asc(id) : desc(id),
    limit: limit + 1,
  };
}
