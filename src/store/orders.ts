import { and, eq, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { type Id, parseId } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import type { Db } from "./db.ts";
import { byId } from "./paging.ts";
import { orders } from "./schema/orders.ts";
import { inWorkspace, type Tenant } from "./tenant.ts";

export type Order = typeof orders.$inferSelect;

/** Which orders a list shows; what is undefined does not narrow it. */
export type OrderFilter = {
  source?: string | undefined;
  reference?: string | undefined;
  campaignId?: Id | undefined;
  held?: boolean | undefined;
  memberId?: Id | undefined;
};

/** The orders that an identity of the workspace holds: that of one of its members. */
const heldBy = (tenant: Tenant, memberId: Id): SQL =>
  sql`${orders.holderHash} = (SELECT m.identity_hash FROM members m JOIN communities k ON k.id = m.community_id
    WHERE m.id = ${parseId("member", memberId)} AND ${eq(sql`k.workspace_id`, sql.param(tenant.workspaceId, orders.workspaceId))})`;

/** A page of orders, newest first. One read. */
export async function listOrders(
  db: Db,
  tenant: Tenant,
  { source, reference, campaignId, held, memberId }: OrderFilter,
  ask: PageAsk,
): Promise<Order[]> {
  const page = byId(orders.id, "newest", ask);
  const scope = and(
    inWorkspace(orders, tenant),
    source === undefined ? undefined : eq(orders.source, source),
    reference === undefined ? undefined : eq(orders.reference, reference),
    campaignId === undefined ? undefined : eq(orders.campaignId, campaignId),
    held === undefined ? undefined : held ? isNotNull(orders.holderHash) : isNull(orders.holderHash),
    memberId === undefined ? undefined : heldBy(tenant, memberId),
  ) as SQL;
  const [rows] = await db.readAside([
    db.q.select().from(orders).where(page.where(scope)).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}

/** One order, or undefined. One read. */
export async function findOrder(db: Db, tenant: Tenant, id: Id): Promise<Order | undefined> {
  const [[order]] = await db.read([
    db.q
      .select()
      .from(orders)
      .where(and(eq(orders.id, id), inWorkspace(orders, tenant))),
  ]);
  return order;
}
