import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Id } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import { type Db, freshId } from "./db.ts";
import { byId } from "./paging.ts";
import { revoke, revokeOne } from "./revoke.ts";
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
  /** The tag that whoever uses them must have. */
  role: string | null;
  /** The key that asked for them. */
  issuer: Id;
};

/**
 * Inserts codes as one set, first one first; the set's own number is the first one's. One batch; `missing` where
 * the campaign is a stranger's.
 */
export async function insertAccessCodes(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  id: number,
  codes: NewCodes,
  now: number,
): Promise<AccessCode[]> {
  const { each, label, recipientHash, maxUses, startsAt, expiresAt, role, issuer } = codes;
  const pairs = JSON.stringify(each.map(({ hash, seed }) => [hash, seed]));
  const mine = and(eq(accessCodes.campaignId, campaignId), inCampaign(accessCodes, tenant));
  const [, rows] = await db.write([
    db.q.run(sql`INSERT INTO access_codes
        (id, workspace_id, campaign_id, hash, seed, label, recipient_hash, max_uses, starts_at, expires_at, created_at,
        batch_id, role, issuer)
      SELECT f.id + j.key, ${sql.param(tenant.workspaceId, accessCodes.workspaceId)}, ${ownCampaign(tenant, campaignId)},
        json_extract(j.value, '$[0]'), json_extract(j.value, '$[1]'), ${label}, ${recipientHash}, ${maxUses},
        ${startsAt}, ${expiresAt}, ${now}, f.id, ${role}, ${sql.param(issuer, accessCodes.issuer)}
      FROM (SELECT ${freshId(accessCodes, id)} AS id) f CROSS JOIN json_each(${pairs}) j`),
    db.q
      .select()
      .from(accessCodes)
      .where(
        and(
          mine,
          sql`${accessCodes.batchId} = (SELECT b.batch_id FROM access_codes b
            WHERE b.campaign_id = ${sql.param(campaignId, accessCodes.campaignId)} AND b.hash = ${each[0]?.hash ?? null})`,
        ),
      )
      .orderBy(accessCodes.id),
  ]);
  return rows;
}

const inBatch = (batchId: Id | null): SQL | undefined =>
  batchId === null ? undefined : eq(accessCodes.batchId, batchId);

/** A page of a campaign's access codes, or of one batch of them, newest first. One read. */
export async function listAccessCodes(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  batchId: Id | null,
  ask: PageAsk,
): Promise<AccessCode[]> {
  const page = byId(accessCodes.id, "newest", ask);
  const mine = and(eq(accessCodes.campaignId, campaignId), inCampaign(accessCodes, tenant));
  const scope = and(mine, inBatch(batchId)) as SQL;
  const [rows] = await db.readAside([
    db.q.select().from(accessCodes).where(page.where(scope)).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}

/** Revokes a code for good; answers its row, or undefined when there is none. One batch. */
export const revokeAccessCode = (
  db: Db,
  tenant: Tenant,
  id: Id,
  now: number,
): Promise<AccessCode | undefined> =>
  revokeOne(db, accessCodes, and(eq(accessCodes.id, id), inCampaign(accessCodes, tenant)), now);

/** What is left of a batch of codes: how many there are, and how many of them are revoked. */
export type CodeBatch = { id: Id; campaignId: Id; codes: number; revoked: number };

/** Revokes all codes of a batch for good; undefined when there is none. One batch. */
export async function revokeBatch(
  db: Db,
  tenant: Tenant,
  id: Id,
  now: number,
): Promise<CodeBatch | undefined> {
  const mine = and(eq(accessCodes.batchId, id), inCampaign(accessCodes, tenant));
  const [, [batch]] = await db.write([
    revoke(db, accessCodes, mine, now),
    db.q
      .select({
        campaignId: accessCodes.campaignId,
        codes: sql<number>`count(*)`.as("codes"),
        revoked: sql<number>`count(revoked_at)`.as("revoked"),
      })
      .from(accessCodes)
      .where(mine)
      .groupBy(accessCodes.campaignId),
  ]);
  return batch && { id, ...batch };
}
