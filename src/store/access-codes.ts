import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { Id } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import { type Db, freshId } from "./db.ts";
import { byId } from "./paging.ts";
import { accessCodes } from "./schema/campaigns.ts";
import { inCampaign, ownCampaign, type Tenant } from "./tenant.ts";

export type AccessCode = typeof accessCodes.$inferSelect;

/** What all codes of one request share, and what each has for itself. */
export type NewCodes = {
  each: { hash: string; seed: string }[];
  label: string | null;
  recipientHash: string | null;
  maxUses: number;
  startsAt: number | null;
  expiresAt: number | null;
};

/** Inserts codes as one set, first one first. One batch; `missing` where the campaign is a stranger's. */
export async function insertAccessCodes(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  id: number,
  codes: NewCodes,
  now: number,
): Promise<AccessCode[]> {
  const { each, label, recipientHash, maxUses, startsAt, expiresAt } = codes;
  const pairs = JSON.stringify(each.map(({ hash, seed }) => [hash, seed]));
  const [, rows] = await db.write([
    db.q.run(sql`INSERT INTO access_codes
        (id, workspace_id, campaign_id, hash, seed, label, recipient_hash, max_uses, starts_at, expires_at, created_at)
      SELECT f.id + j.key, ${sql.param(tenant.workspaceId, accessCodes.workspaceId)}, ${ownCampaign(tenant, campaignId)},
        json_extract(j.value, '$[0]'), json_extract(j.value, '$[1]'), ${label}, ${recipientHash}, ${maxUses},
        ${startsAt}, ${expiresAt}, ${now}
      FROM (SELECT ${freshId(accessCodes, id)} AS id) f CROSS JOIN json_each(${pairs}) j`),
    db.q
      .select()
      .from(accessCodes)
      .where(
        and(
          eq(accessCodes.campaignId, campaignId),
          inCampaign(accessCodes, tenant),
          sql`${accessCodes.hash} IN (SELECT json_extract(value, '$[0]') FROM json_each(${pairs}))`,
        ),
      )
      .orderBy(accessCodes.id),
  ]);
  return rows;
}

/** A page of a campaign's access codes, newest first. One read. */
export async function listAccessCodes(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  ask: PageAsk,
): Promise<AccessCode[]> {
  const page = byId(accessCodes.id, "newest", ask);
  const scope = and(eq(accessCodes.campaignId, campaignId), inCampaign(accessCodes, tenant)) as SQL;
  const [rows] = await db.read([
    db.q.select().from(accessCodes).where(page.where(scope)).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}

/** Revokes a code for good; answers its row, or undefined when there is none. One batch. */
export async function revokeAccessCode(
  db: Db,
  tenant: Tenant,
  id: Id,
  now: number,
): Promise<AccessCode | undefined> {
  const mine = and(eq(accessCodes.id, id), inCampaign(accessCodes, tenant));
  const [, [code]] = await db.write([
    db.q
      .update(accessCodes)
      .set({ revokedAt: now })
      .where(and(mine, isNull(accessCodes.revokedAt))),
    db.q.select().from(accessCodes).where(mine),
  ]);
  return code;
}
