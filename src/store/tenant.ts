import { and, eq, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Id } from "../domain/id.ts";
import { campaigns } from "./schema/campaigns.ts";

/** Whose rows a query may see: one workspace's, and perhaps one campaign's of it. */
export type Tenant = { workspaceId: Id; campaignId: Id | null };

/** The condition that every query on a table of the workspace carries. */
export const inWorkspace = (table: { workspaceId: SQLiteColumn }, tenant: Tenant): SQL =>
  eq(table.workspaceId, tenant.workspaceId);

/** The same for tables of a campaign: a key bound to one campaign sees only its rows. */
export function inCampaign(
  table: { workspaceId: SQLiteColumn; campaignId: SQLiteColumn },
  tenant: Tenant,
): SQL {
  const bound = tenant.campaignId === null ? undefined : eq(table.campaignId, tenant.campaignId);
  return and(inWorkspace(table, tenant), bound) as SQL;
}

/**
 * The id of a row if it is the tenant's, else NULL: as a reference in an INSERT it makes the
 * database refuse the whole batch (`refusalOf(error).kind === "missing"`).
 */
export const ownId = (
  table: SQLiteTable & { id: SQLiteColumn; workspaceId: SQLiteColumn },
  tenant: Tenant,
  id: Id,
): SQL<Id> => sql<Id>`(SELECT id FROM ${table} WHERE ${and(eq(table.id, id), inWorkspace(table, tenant))})`;

/** The same for a campaign, with regard to a key that is bound to one. */
export const ownCampaign = (tenant: Tenant, id: Id): SQL<Id> =>
  tenant.campaignId === null || tenant.campaignId === id ? ownId(campaigns, tenant, id) : sql<Id>`NULL`;
