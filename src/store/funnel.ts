import { sql } from "drizzle-orm";
import { type Id, parseId } from "../domain/id.ts";
import { type Db, jsonQuery, jsonRows } from "./db.ts";
import type { Tenant } from "./tenant.ts";

/** How many people came how far. `scans`: people's visits, one a visitor, invite and hour. */
export type FunnelCounts = {
  scans: number;
  evaluated: number;
  passed: number;
  joined: number;
  waitlisted: number;
};

/** Counts the steps of a campaign's funnel, or undefined when there is no such campaign. One read. */
export async function readFunnel(db: Db, tenant: Tenant, id: Id): Promise<FunnelCounts | undefined> {
  const bound = tenant.campaignId === null || tenant.campaignId === id;
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object(
        'scans', (SELECT count(*) FROM scans s WHERE s.campaign_id = c.id AND s.kind = 'person'),
        'evaluated', (SELECT count(DISTINCT e.identity_hash) FROM evaluations e WHERE e.campaign_id = c.id),
        'passed', (SELECT count(DISTINCT e.identity_hash) FROM evaluations e WHERE e.campaign_id = c.id AND e.result = 'pass'),
        'joined', (SELECT count(*) FROM participants p WHERE p.campaign_id = c.id),
        'waitlisted', (SELECT count(*) FROM waitlist w WHERE w.campaign_id = c.id AND w.promoted_at IS NULL))
      FROM campaigns c WHERE c.id = ${parseId("campaign", id)}
        AND c.workspace_id = ${parseId("workspace", tenant.workspaceId)} AND ${bound ? 1 : 0}`,
    ),
  ]);
  return jsonRows<FunnelCounts>(rows)[0];
}

/** What one source brought. `channel` is null for invites of participants. */
export type Source = { channel: string | null; medium: string | null; scans: number; joins: number };

/**
 * What a campaign's invites brought, by channel and medium, the most joins first; or undefined when
 * there is no such campaign. One read.
 */
export async function readSources(
  db: Db,
  tenant: Tenant,
  id: Id,
  limit: number,
): Promise<Source[] | undefined> {
  const bound = tenant.campaignId === null || tenant.campaignId === id;
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT (SELECT json_group_array(json_object('channel', channel, 'medium', medium, 'scans', scans, 'joins', joins))
        FROM (SELECT i.channel, i.medium, sum(n.scans) AS scans, sum(n.joins) AS joins
          FROM (SELECT s.invite_id AS id, count(*) AS scans, 0 AS joins FROM scans s
              WHERE s.campaign_id = c.id AND s.kind = 'person' GROUP BY s.invite_id
            UNION ALL SELECT p.invited_via, 0, count(*) FROM participants p
              WHERE p.campaign_id = c.id GROUP BY p.invited_via) n
          JOIN invites i ON i.id = n.id
          GROUP BY i.channel, i.medium ORDER BY joins DESC, scans DESC, i.channel, i.medium LIMIT ${limit}))
      FROM campaigns c WHERE c.id = ${parseId("campaign", id)}
        AND c.workspace_id = ${parseId("workspace", tenant.workspaceId)} AND ${bound ? 1 : 0}`,
    ),
  ]);
  return jsonRows<Source[]>(rows)[0];
}
