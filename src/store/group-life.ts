import { and, eq, sql } from "drizzle-orm";
import type { Allocation } from "../domain/allocation.ts";
import { formatId, type Id, parseId } from "../domain/id.ts";
import type { withCarrierDefaults } from "../domain/group.ts";
import { type Db, freshId, jsonQuery, jsonRows } from "./db.ts";
import { openGroups } from "./arrival.ts";
import { type Group, groupColumns } from "./groups.ts";
import { communities, groups } from "./schema/communities.ts";
import { lapseSeats } from "./seats.ts";
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
  eventId: number,
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
  const community = sql`(SELECT g.community_id FROM groups g WHERE g.id = ${fromId} AND g.workspace_id = ${workspace})`;
  const [, , , , done, , , [group], [found]] = await db.write([
    ...lapseSeats(db, community, now, eventId),
    db.q.run(sql`UPDATE groups SET used = used + (${source}), updated_at = ${now}
      WHERE id = ${target} AND state IN ('open', 'paused') AND (retires_at IS NULL OR retires_at > ${now})
        AND used + (${source}) <= capacity`),
    db.q
      .update(groups)
      .set({ used: 0, state: "merged", mergedInto: sql<Id>`${target}`, updatedAt: now })
      .where(and(eq(groups.id, from), sql`changes() = 1`))
      .returning({ id: groups.id }),
    // A campaign that names the group goes on filling the one that people are sent to instead.
    db.q.run(sql`INSERT INTO campaign_groups (workspace_id, campaign_id, group_id)
      SELECT n.workspace_id, n.campaign_id, f.merged_into FROM groups f JOIN campaign_groups n ON n.group_id = f.id
      WHERE changes() = 1 AND f.id = ${fromId} ON CONFLICT (campaign_id, group_id) DO NOTHING`),
    // Nobody is left in a group that was merged before.
    db.q
      .run(sql`UPDATE participants SET group_id = (SELECT f.merged_into FROM groups f WHERE f.id = ${fromId})
      WHERE group_id = ${fromId} AND EXISTS (SELECT 1 FROM groups f
        WHERE f.id = ${fromId} AND f.workspace_id = ${workspace} AND f.state = 'merged')`),
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
  const [fresh, made] = await db.write([
    jsonQuery(
      db,
      sql`INSERT INTO groups (id, workspace_id, community_id, name, carrier, join_url, capacity, priority, weight,
        expires_at, margin_hours, retires_at, state, created_at, updated_at)
      SELECT f.id + j.key, ${sql.param(tenant.workspaceId, groups.workspaceId)}, ${ownId(communities, tenant, communityId)},
        ${field("name")}, ${field("carrier")}, ${field("joinUrl")}, ${field("capacity")}, ${field("priority")}, ${field("weight")},
        ${field("expiresAt")}, ${field("marginHours")}, ${field("retiresAt")}, 'open', ${now}, ${now}
      FROM (SELECT ${freshId(groups, id)} AS id) f CROSS JOIN json_each(${list}) j
      WHERE NOT EXISTS (SELECT 1 FROM groups g WHERE g.community_id = ${community} AND g.name = ${field("name")})
      RETURNING json_array(id)`,
    ),
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
  return { groups: made, created: fresh.length };
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
        WHERE c.id IN (SELECT w.campaign_id FROM waitlist w WHERE w.promoted_at IS NULL)
          AND c.community_id = ${parseId("community", communityId)} AND c.status = 'published'
          AND c.workspace_id = ${parseId("workspace", tenant.workspaceId)} ORDER BY c.id`,
    ),
  ]);
  return toWaiting(rows);
}

/**
 * Campaigns of any tenant that need the job: with reservations that ran out, or with people who wait
 * where a seat is free, or about to be for such a reservation. At most 100 after `after`, in the order
 * of their ids. One read.
 */
export async function findRestless(db: Db, after: Id | null, now: number): Promise<Waiting[]> {
  const lapsed = sql`participants p INDEXED BY participants_lapse WHERE p.seat_state = 'reserved'
    AND p.seat_until IS NOT NULL AND p.seat_until <= ${now}`;
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('id', c.id, 'allocation', json_extract(c.settings, '$.allocation')) FROM campaigns c
        WHERE c.id > ${after === null ? 0 : parseId("campaign", after)}
          AND (c.id IN (SELECT p.campaign_id FROM ${lapsed})
            OR (c.id IN (SELECT w.campaign_id FROM waitlist w WHERE w.promoted_at IS NULL) AND c.status = 'published'
              AND (EXISTS (SELECT 1 FROM ${openGroups(now)}) OR c.community_id IN
                (SELECT g.community_id FROM groups g WHERE g.id IN (SELECT p.group_id FROM ${lapsed})))))
        ORDER BY c.id LIMIT 100`,
    ),
  ]);
  return toWaiting(rows);
}
