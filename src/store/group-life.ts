import { and, eq, sql } from "drizzle-orm";
import type { Allocation } from "../domain/allocation.ts";
import { formatId, type Id, parseId } from "../domain/id.ts";
import type { withCarrierDefaults } from "../domain/group.ts";
import { type Db, freshId, jsonQuery, jsonRows } from "./db.ts";
import { type Group, groupColumns } from "./groups.ts";
import { communities, groups } from "./schema/communities.ts";
import { inWorkspace, ownId, type Tenant } from "./tenant.ts";

/**
 * Merges a group into another, or into whatever that one was merged into: its people get seats there,
 * as many as there are. One batch; `merged` is false when it was refused and nothing has changed.
 */
export async function mergeGroup(
  db: Db,
  tenant: Tenant,
  from: Id,
  into: Id,
  now: number,
): Promise<{ merged: boolean; group: Group | undefined; target: Group | undefined }> {
  const [fromId, intoId] = [parseId("group", from), parseId("group", into)];
  const workspace = sql.param(tenant.workspaceId, groups.workspaceId);
  const target = sql`(WITH RECURSIVE chain(id, next) AS (
      SELECT id, merged_into FROM groups WHERE id = ${intoId} AND workspace_id = ${workspace}
      UNION SELECT g.id, g.merged_into FROM chain JOIN groups g ON g.id = chain.next)
    SELECT id FROM chain WHERE next IS NULL)`;
  const source = sql`SELECT f.used FROM groups f WHERE f.id = ${fromId} AND f.workspace_id = ${workspace}
    AND f.state <> 'merged' AND f.community_id = groups.community_id AND f.id <> groups.id`;
  const [, done, , [group], [found]] = await db.write([
    db.q.run(sql`UPDATE groups SET used = used + (${source}), updated_at = ${now}
      WHERE id = ${target} AND state IN ('open', 'paused') AND used + (${source}) <= capacity`),
    db.q
      .update(groups)
      .set({ used: 0, state: "merged", mergedInto: sql<Id>`${target}`, updatedAt: now })
      .where(and(eq(groups.id, from), sql`changes() = 1`))
      .returning({ id: groups.id }),
    db.q.run(sql`UPDATE participants SET group_id = (SELECT merged_into FROM groups WHERE id = ${fromId})
      WHERE changes() = 1 AND group_id = ${fromId}`),
    db.q
      .select(groupColumns)
      .from(groups)
      .where(and(eq(groups.id, from), inWorkspace(groups, tenant))),
    db.q
      .select(groupColumns)
      .from(groups)
      .where(and(sql`${groups.id} = ${target}`, inWorkspace(groups, tenant))),
  ]);
  return { merged: done.length === 1, group, target: found };
}

type NewGroup = ReturnType<typeof withCarrierDefaults>;

/**
 * Inserts groups whose names the community does not have yet, as one set. One batch; `missing` where
 * the community is not the tenant's.
 * @returns all groups of these names, and how many were made now
 */
export async function insertGroups(
  db: Db,
  tenant: Tenant,
  communityId: Id,
  id: number,
  rows: readonly NewGroup[],
  now: number,
): Promise<{ groups: Group[]; created: number }> {
  const list = JSON.stringify(rows);
  const field = (name: string) => sql`json_extract(j.value, ${`$.${name}`})`;
  const community = sql`${parseId("community", communityId)}`;
  const [, made] = await db.write([
    db.q
      .run(sql`INSERT INTO groups (id, workspace_id, community_id, name, carrier, join_url, capacity, priority, weight,
        expires_at, margin_hours, retires_at, state, created_at, updated_at)
      SELECT f.id + j.key, ${sql.param(tenant.workspaceId, groups.workspaceId)}, ${ownId(communities, tenant, communityId)},
        ${field("name")}, ${field("carrier")}, ${field("joinUrl")}, ${field("capacity")}, ${field("priority")}, ${field("weight")},
        ${field("expiresAt")}, ${field("marginHours")}, ${field("retiresAt")}, 'open', ${now}, ${now}
      FROM (SELECT ${freshId(groups, id)} AS id) f CROSS JOIN json_each(${list}) j
      WHERE NOT EXISTS (SELECT 1 FROM groups g WHERE g.community_id = ${community} AND g.name = ${field("name")})`),
    db.q
      .select(groupColumns)
      .from(groups)
      .where(
        and(
          eq(groups.communityId, communityId),
          inWorkspace(groups, tenant),
          sql`${groups.name} IN (SELECT json_extract(value, '$.name') FROM json_each(${list}))`,
        ),
      )
      .orderBy(groups.id),
  ]);
  const created = made.filter(({ createdAt }) => createdAt === now).length;
  return { groups: made, created };
}

/** A campaign that may have seats to give to people who wait. */
export type Waiting = { campaignId: Id; allocation: Allocation };

type StoredWaiting = { id: number; allocation: Allocation };

const toWaiting = (rows: readonly [string][]): Waiting[] =>
  jsonRows<StoredWaiting>(rows).map(({ id, allocation }) => ({
    campaignId: formatId("campaign", id),
    allocation,
  }));

/** The campaigns of a community in which people wait. One read. */
export async function findWaitingOf(db: Db, tenant: Tenant, communityId: Id): Promise<Waiting[]> {
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('id', c.id, 'allocation', json_extract(c.settings, '$.allocation')) FROM campaigns c
        WHERE c.community_id = ${parseId("community", communityId)} AND c.status = 'published'
          AND c.workspace_id = ${parseId("workspace", tenant.workspaceId)}
          AND EXISTS (SELECT 1 FROM waitlist w WHERE w.campaign_id = c.id AND w.promoted_at IS NULL)`,
    ),
  ]);
  return toWaiting(rows);
}

/** Campaigns of any tenant with reservations that ran out or with people who wait; at most 100. One read. */
export async function findRestless(db: Db, now: number): Promise<Waiting[]> {
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('id', c.id, 'allocation', json_extract(c.settings, '$.allocation')) FROM campaigns c
        WHERE c.id IN (SELECT p.campaign_id FROM participants p
            WHERE p.seat_state = 'reserved' AND p.seat_until IS NOT NULL AND p.seat_until <= ${now}
          UNION SELECT w.campaign_id FROM waitlist w WHERE w.promoted_at IS NULL)
        ORDER BY c.id LIMIT 100`,
    ),
  ]);
  return toWaiting(rows);
}
