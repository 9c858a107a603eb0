import { and, eq, getTableColumns, lte, ne, type SQL, sql } from "drizzle-orm";
import type { withCarrierDefaults } from "../domain/group.ts";
import type { Id } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import { type Db, freshId } from "./db.ts";
import { byId } from "./paging.ts";
import { communities, groups } from "./schema/communities.ts";
import { inWorkspace, ownId, type Tenant } from "./tenant.ts";

/** The columns of a group but its QR image, which is large: only whether there is one. */
const { qrImage: _image, ...light } = getTableColumns(groups);
export const groupColumns = {
  ...light,
  hasQrImage: sql<boolean>`${groups.qrImage} IS NOT NULL`.mapWith(Boolean).as("has_qr_image"),
};

const selectGroups = (db: Db) => db.q.select(groupColumns).from(groups);

export type Group = Awaited<ReturnType<typeof selectGroups>>[number];

/** Inserts a group. One batch; refused (`missing`) where the community is not the tenant's. */
export async function insertGroup(
  db: Db,
  tenant: Tenant,
  communityId: Id,
  id: number,
  input: ReturnType<typeof withCarrierDefaults> & { qrImage?: string; qrText?: string },
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
  const [[group]] = await db.write([db.q.insert(groups).values(row).returning(groupColumns)]);
  return group as Group;
}

/** A page of a community's groups, newest first. One read. */
export async function listGroups(db: Db, tenant: Tenant, communityId: Id, ask: PageAsk): Promise<Group[]> {
  const page = byId(groups.id, "newest", ask);
  const scope = and(eq(groups.communityId, communityId), inWorkspace(groups, tenant)) as SQL;
  const [rows] = await db.read([
    selectGroups(db).where(page.where(scope)).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}

/** One group, or undefined. One read. */
export async function findGroup(db: Db, tenant: Tenant, id: Id): Promise<Group | undefined> {
  const [[group]] = await db.read([
    selectGroups(db).where(and(eq(groups.id, id), inWorkspace(groups, tenant))),
  ]);
  return group;
}

/** The columns that a patch may set. */
export type GroupChange = Partial<
  Pick<
    typeof groups.$inferInsert,
    | "name"
    | "joinUrl"
    | "qrImage"
    | "qrText"
    | "capacity"
    | "state"
    | "priority"
    | "weight"
    | "expiresAt"
    | "marginHours"
  >
>;

const HOUR = 3_600_000;

/**
 * Changes a group unless that takes seats away that are in use, or brings back a merged one; undefined
 * when refused. The retirement follows from the row itself: two patches at once must not lose one. One batch.
 */
export async function updateGroup(
  db: Db,
  tenant: Tenant,
  id: Id,
  change: GroupChange,
  now: number,
): Promise<Group | undefined> {
  const fits = change.capacity === undefined ? undefined : lte(groups.used, change.capacity);
  const lives = change.state === undefined ? undefined : ne(groups.state, "merged");
  const expiresAt = change.expiresAt === undefined ? groups.expiresAt : sql`${change.expiresAt}`;
  const marginHours = change.marginHours === undefined ? groups.marginHours : sql`${change.marginHours}`;
  const retiresAt = sql<number | null>`${expiresAt} - ${marginHours} * ${HOUR}`;
  const [[group]] = await db.write([
    db.q
      .update(groups)
      .set({ ...change, retiresAt, updatedAt: now })
      .where(and(eq(groups.id, id), inWorkspace(groups, tenant), fits, lives))
      .returning(groupColumns),
  ]);
  return group;
}
