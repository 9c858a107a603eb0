import { and, eq, getTableColumns } from "drizzle-orm";
import type { CommunityInput, CommunityPatch } from "../domain/community.ts";
import type { Id } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import { type Db, freshId } from "./db.ts";
import { byId } from "./paging.ts";
import { communities } from "./schema/communities.ts";
import { inWorkspace, type Tenant } from "./tenant.ts";

/** The columns of a community but its logo, which is large. */
const { logo: _logo, ...columns } = getTableColumns(communities);

export type Community = Omit<typeof communities.$inferSelect, "logo">;

/** Inserts a community. One batch. */
export async function insertCommunity(
  db: Db,
  tenant: Tenant,
  id: number,
  input: CommunityInput,
  now: number,
): Promise<Community> {
  const row = {
    ...input,
    id: freshId(communities, id),
    workspaceId: tenant.workspaceId,
    values: input.values ?? [],
    rules: input.rules ?? [],
    createdAt: now,
    updatedAt: now,
  };
  const [[community]] = await db.write([db.q.insert(communities).values(row).returning(columns)]);
  return community as Community;
}

/** A page of communities, newest first. One read. */
export async function listCommunities(db: Db, tenant: Tenant, ask: PageAsk): Promise<Community[]> {
  const page = byId(communities.id, "newest", ask);
  const [rows] = await db.read([
    db.q
      .select(columns)
      .from(communities)
      .where(page.where(inWorkspace(communities, tenant)))
      .orderBy(page.order)
      .limit(page.limit),
  ]);
  return rows;
}

/** One community, or undefined. One read. */
export async function findCommunity(db: Db, tenant: Tenant, id: Id): Promise<Community | undefined> {
  const [[community]] = await db.read([
    db.q
      .select(columns)
      .from(communities)
      .where(and(eq(communities.id, id), inWorkspace(communities, tenant))),
  ]);
  return community;
}

/** Changes a community; undefined when there is none. One batch. */
export async function updateCommunity(
  db: Db,
  tenant: Tenant,
  id: Id,
  patch: CommunityPatch,
  now: number,
): Promise<Community | undefined> {
  const [[community]] = await db.write([
    db.q
      .update(communities)
      .set({ ...patch, updatedAt: now })
      .where(and(eq(communities.id, id), inWorkspace(communities, tenant)))
      .returning(columns),
  ]);
  return community;
}
