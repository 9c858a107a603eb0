import { sql } from "drizzle-orm";
import { type Id, parseId } from "../domain/id.ts";
import { type Db, jsonQuery, jsonRows } from "./db.ts";
import type { Tenant } from "./tenant.ts";

/** How many people came how far. Everybody is counted once a step. */
export type FunnelCounts = { evaluated: number; passed: number; joined: number; waitlisted: number };

/** Counts the steps of a campaign's funnel, or undefined when there is no such campaign. One read. */
export async function readFunnel(db: Db, tenant: Tenant, id: Id): Promise<FunnelCounts | undefined> {
  const bound = tenant.campaignId === null || tenant.campaignId === id;
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object(
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
