import { and, eq, lte, type SQL } from "drizzle-orm";
import type { withCarrierDefaults } from "../domain/group.ts";
import type { Id } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import { type Db, freshId } from "./db.ts";
import { byId } from "./paging.ts";
import { communities, groups } from "./schema/communities.ts";
import { inWorkspace, ownId, type Tenant } from "./tenant.ts";

export type Group = typeof groups.$inferSelect;

/** Inserts a group. One batch; refused (`missing`) where the community is not the tenant's. */
export async function insertGroup(
  db: Db,
  tenant: Tenant,
  communityId: Id,
  id: number,
  input: ReturnType<typeof withCarrierDefaults>,
  now: number,
): Promise<Group> {
  const row = {
    ...input,
    id: freshId(groups, id),
    workspaceId: tenant.workspaceId,
    communityId: ownId(communities, tenant, communityId),
    createdAt: now,
    updatedAt: now,
  };
  const [[group]] = await db.write([db.q.insert(groups).values(row).returning()]);
  return group as Group;
}

/** A page of a community's groups, newest first. One read. */
export async function listGroups(db: Db, tenant: Tenant, communityId: Id, ask: PageAsk): Promise<Group[]> {
  const page = byId(groups.id, "newest", ask);
  const scope = and(eq(groups.communityId, communityId), inWorkspace(groups, tenant)) as SQL;
  const [rows] = await db.read([
    db.q.select().from(groups).where(page.where(scope)).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}

/** One group, or undefined. One read. */
export async function findGroup(db: Db, tenant: Tenant, id: Id): Promise<Group | undefined> {
  const [[group]] = await db.read([
    db.q
      .select()
      .from(groups)
      .where(and(eq(groups.id, id), inWorkspace(groups, tenant))),
  ]);
  return group;
}

/** The columns that a patch may set. `retiresAt` follows from the expiry and the margin. */
export type GroupChange = Partial<
  Pick<
    Group,
    | "name"
    | "joinUrl"
    | "capacity"
    | "state"
    | "priority"
    | "weight"
    | "expiresAt"
    | "marginHours"
    | "retiresAt"
  >
>;

/** Changes a group unless that takes seats away that are in use; undefined when refused. One batch. */
export async function updateGroup(
  db: Db,
  tenant: Tenant,
  id: Id,
  change: GroupChange,
  now: number,
): Promise<Group | undefined> {
  const fits = change.capacity === undefined ? undefined : lte(groups.used, change.capacity);
  const [[group]] = await db.write([
    db.q
      .update(groups)
      .set({ ...change, updatedAt: now })
      .where(and(eq(groups.id, id), inWorkspace(groups, tenant), fits))
      .returning(),
  ]);
  return group;
}
