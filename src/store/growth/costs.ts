import { sql } from "drizzle-orm";
import type { Cost } from "../../domain/costs.ts";
import { type Id, parseId } from "../../domain/id.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import type { Tenant } from "../tenant.ts";
import { type Asked, ownCampaignNumber } from "./asked.ts";

/** What a campaign's sources cost, and since when it is known; null while nobody said. */
export type Costs = { costs: Cost[]; updatedAt: number | null };

const select = (db: Db, asked: Pick<Asked, "tenant" | "id">) =>
  jsonQuery(
    db,
    sql`SELECT json_object('costs', json(coalesce(y.costs, '[]')), 'updatedAt', y.updated_at)
      FROM campaigns c LEFT JOIN campaign_costs y ON y.campaign_id = c.id WHERE c.id = ${ownCampaignNumber(asked)}`,
  );

/** The costs of a campaign's sources, or undefined: no such campaign. One read. */
export async function readCosts(db: Db, tenant: Tenant, id: Id): Promise<Costs | undefined> {
  const [rows] = await db.read([select(db, { tenant, id })]);
  return jsonRows<Costs>(rows)[0];
}

/** Puts all costs of a campaign in the place of what was there. One batch; undefined: no such campaign. */
export async function writeCosts(
  db: Db,
  tenant: Tenant,
  id: Id,
  costs: readonly Cost[],
  now: number,
): Promise<Costs | undefined> {
  const [, rows] = await db.write([
    db.q.run(sql`INSERT INTO campaign_costs (campaign_id, workspace_id, costs, updated_at)
      SELECT c.id, ${parseId("workspace", tenant.workspaceId)}, ${JSON.stringify(costs)}, ${now}
      FROM campaigns c WHERE c.id = ${ownCampaignNumber({ tenant, id })}
      ON CONFLICT (campaign_id) DO UPDATE SET costs = excluded.costs, updated_at = excluded.updated_at`),
    select(db, { tenant, id }),
  ]);
  return jsonRows<Costs>(rows)[0];
}
