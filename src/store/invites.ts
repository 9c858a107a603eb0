import { and, eq, isNotNull, isNull, type SQL } from "drizzle-orm";
import type { Id } from "../domain/id.ts";
import type { InviteInput } from "../domain/invite.ts";
import type { PageAsk } from "../domain/page.ts";
import { type Db, freshId } from "./db.ts";
import { byId } from "./paging.ts";
import { invites } from "./schema/campaigns.ts";
import { inCampaign, ownCampaign, type Tenant } from "./tenant.ts";

export type Invite = typeof invites.$inferSelect;

/** Inserts a channel invite. One batch; `missing` where the campaign is not the tenant's. */
export async function insertInvite(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  id: number,
  input: InviteInput & { code: string },
  now: number,
): Promise<Invite> {
  const row = {
    ...input,
    id: freshId(invites, id),
    workspaceId: tenant.workspaceId,
    campaignId: ownCampaign(tenant, campaignId),
    createdAt: now,
  };
  const [[invite]] = await db.write([db.q.insert(invites).values(row).returning()]);
  return invite as Invite;
}

/** A page of a campaign's invites, newest first; `kind` keeps one kind. One read. */
export async function listInvites(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  kind: "member" | "channel" | undefined,
  ask: PageAsk,
): Promise<Invite[]> {
  const page = byId(invites.id, "newest", ask);
  const ofKind =
    kind === undefined
      ? undefined
      : kind === "channel"
        ? isNull(invites.participantId)
        : isNotNull(invites.participantId);
  const scope = and(eq(invites.campaignId, campaignId), inCampaign(invites, tenant), ofKind) as SQL;
  const [rows] = await db.read([
    db.q.select().from(invites).where(page.where(scope)).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}

/** One invite, or undefined. One read. */
export async function findInvite(db: Db, tenant: Tenant, id: Id): Promise<Invite | undefined> {
  const [[invite]] = await db.read([
    db.q
      .select()
      .from(invites)
      .where(and(eq(invites.id, id), inCampaign(invites, tenant))),
  ]);
  return invite;
}

/** Revokes an invite for good; answers its row, or undefined when there is none. One batch. */
export async function revokeInvite(db: Db, tenant: Tenant, id: Id, now: number): Promise<Invite | undefined> {
  const mine = and(eq(invites.id, id), inCampaign(invites, tenant));
  const [, [invite]] = await db.write([
    db.q
      .update(invites)
      .set({ revokedAt: now })
      .where(and(mine, isNull(invites.revokedAt))),
    db.q.select().from(invites).where(mine),
  ]);
  return invite;
}
