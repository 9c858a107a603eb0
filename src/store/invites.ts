import { and, eq, getTableColumns, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { Id } from "../domain/id.ts";
import type { InviteInput, Rotation } from "../domain/invite.ts";
import type { PageAsk } from "../domain/page.ts";
import { type Db, freshId } from "./db.ts";
import { byId } from "./paging.ts";
import { revoke } from "./revoke.ts";
import { campaigns, invites } from "./schema/campaigns.ts";
import { workspaces } from "./schema/tenancy.ts";
import { inCampaign, ownCampaign, type Tenant } from "./tenant.ts";

const columns = {
  ...getTableColumns(invites),
  campaignRotation: sql<Rotation>`json_extract(${campaigns.settings}, '$.rotation')`
    .mapWith((text: string) => JSON.parse(text) as Rotation)
    .as("campaign_rotation"),
  tokenVersion: workspaces.tokenVersion,
  tokenRotatedAt: workspaces.tokenRotatedAt,
};

/** The invite rows under a condition, each with what makes its code rotate. */
const selectInvites = (db: Db, where: SQL | undefined) =>
  db.q
    .select(columns)
    .from(invites)
    .innerJoin(campaigns, eq(campaigns.id, invites.campaignId))
    .innerJoin(workspaces, eq(workspaces.id, invites.workspaceId))
    .where(where);

/** An invite, with its campaign's rotation and the version of the workspace's token key. */
export type Invite = Awaited<ReturnType<typeof selectInvites>>[number];

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
  const [, [invite]] = await db.write([
    db.q.insert(invites).values(row),
    selectInvites(db, eq(invites.code, input.code)),
  ]);
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
    kind && (kind === "channel" ? isNull(invites.participantId) : isNotNull(invites.participantId));
  const scope = and(eq(invites.campaignId, campaignId), inCampaign(invites, tenant), ofKind) as SQL;
  const [rows] = await db.readAside([
    selectInvites(db, page.where(scope)).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}

const mine = (tenant: Tenant, id: Id) => and(eq(invites.id, id), inCampaign(invites, tenant));

/** One invite, or undefined. One read. */
export async function findInvite(db: Db, tenant: Tenant, id: Id): Promise<Invite | undefined> {
  const [[invite]] = await db.read([selectInvites(db, mine(tenant, id))]);
  return invite;
}

/** Revokes an invite for good; answers its row, or undefined when there is none. One batch. */
export async function revokeInvite(db: Db, tenant: Tenant, id: Id, now: number): Promise<Invite | undefined> {
  const [, [invite]] = await db.write([
    revoke(db, invites, mine(tenant, id), now),
    selectInvites(db, mine(tenant, id)),
  ]);
  return invite;
}

/**
 * Gives an invite a new code and keeps the old one as retired; the invite's uses and people stay.
 * A revoked invite keeps its code. Answers the row, or undefined when there is none. One batch.
 */
export async function replaceCode(
  db: Db,
  tenant: Tenant,
  id: Id,
  code: string,
  now: number,
): Promise<Invite | undefined> {
  const live = and(mine(tenant, id), isNull(invites.revokedAt));
  const [, , [invite]] = await db.write([
    db.q.run(sql`INSERT INTO retired_codes (code, workspace_id, invite_id, retired_at)
      SELECT code, workspace_id, id, ${now} FROM invites WHERE ${live}`),
    db.q.update(invites).set({ code }).where(live),
    selectInvites(db, mine(tenant, id)),
  ]);
  return invite;
}
