import { and, eq } from "drizzle-orm";
import type { Id } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import type { ProviderKind } from "../domain/providers/index.ts";
import { type Db, freshId } from "./db.ts";
import { byId } from "./paging.ts";
import { revokeOne } from "./revoke.ts";
import { orderSources } from "./schema/orders.ts";
import { inWorkspace, type Tenant } from "./tenant.ts";

export type OrderSource = typeof orderSources.$inferSelect;
export type NewSource = { provider: ProviderKind; name: string; sealed: string };

/** Inserts a source. One batch. */
export async function insertSource(
  db: Db,
  { workspaceId }: Tenant,
  id: number,
  source: NewSource,
  now: number,
): Promise<OrderSource> {
  const row = { ...source, id: freshId(orderSources, id), workspaceId, createdAt: now };
  const [[inserted]] = await db.write([db.q.insert(orderSources).values(row).returning()]);
  return inserted as OrderSource;
}

/** A page of sources, newest first. One read. */
export async function listSources(db: Db, tenant: Tenant, ask: PageAsk): Promise<OrderSource[]> {
  const page = byId(orderSources.id, "newest", ask);
  const where = page.where(inWorkspace(orderSources, tenant));
  const [rows] = await db.read([
    db.q.select().from(orderSources).where(where).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}

/** Revokes a source for good; answers its row, or undefined when there is none. One batch. */
export const revokeSource = (db: Db, tenant: Tenant, id: Id, now: number): Promise<OrderSource | undefined> =>
  revokeOne(db, orderSources, and(eq(orderSources.id, id), inWorkspace(orderSources, tenant)), now);

/** One source of any workspace, by its address alone: for its own deliveries. One read. */
export async function findSource(db: Db, id: Id): Promise<OrderSource | undefined> {
  const [[source]] = await db.read([db.q.select().from(orderSources).where(eq(orderSources.id, id))]);
  return source;
}
