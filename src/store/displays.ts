import { and, eq, type SQL, sql } from "drizzle-orm";
import type { CampaignWindow } from "../domain/campaign.ts";
import { formatId, type Id, parseId } from "../domain/id.ts";
import type { InviteWindow, Rotation } from "../domain/invite.ts";
import type { PageAsk } from "../domain/page.ts";
import type { Locale } from "../domain/text.ts";
import { openGroups } from "./arrival.ts";
import { type Db, freshId, jsonQuery, jsonRows } from "./db.ts";
import { byId } from "./paging.ts";
import { revokeOne } from "./revoke.ts";
import { displays, invites } from "./schema/campaigns.ts";
import { inCampaign, type Tenant } from "./tenant.ts";

export type Display = typeof displays.$inferSelect;

/** Inserts a display of an invite. One batch; `missing` where the invite is not the tenant's. */
export async function insertDisplay(
  db: Db,
  tenant: Tenant,
  inviteId: Id,
  id: number,
  label: string | null,
  now: number,
): Promise<Display> {
  const own = and(eq(invites.id, inviteId), inCampaign(invites, tenant));
  const row = {
    id: freshId(displays, id),
    workspaceId: tenant.workspaceId,
    campaignId: sql<Id>`(SELECT campaign_id FROM invites WHERE ${own})`,
    inviteId: sql<Id>`(SELECT id FROM invites WHERE ${own})`,
    label,
    createdAt: now,
  };
  const [[display]] = await db.write([db.q.insert(displays).values(row).returning()]);
  return display as Display;
}

/** A page of an invite's displays, newest first. One read. */
export async function listDisplays(db: Db, tenant: Tenant, inviteId: Id, ask: PageAsk): Promise<Display[]> {
  const page = byId(displays.id, "newest", ask);
  const scope = and(eq(displays.inviteId, inviteId), inCampaign(displays, tenant)) as SQL;
  const [rows] = await db.read([
    db.q.select().from(displays).where(page.where(scope)).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}

/** Revokes a display for good; answers its row, or undefined when there is none. One batch. */
export const revokeDisplay = (db: Db, tenant: Tenant, id: Id, now: number): Promise<Display | undefined> =>
  revokeOne(db, displays, and(eq(displays.id, id), inCampaign(displays, tenant)), now);

/** What a screen shows, read in one round trip. */
export type Screen = {
  revokedAt: number | null;
  lastSeenAt: number | null;
  invite: InviteWindow & { id: Id; workspaceId: Id; code: string; rotation: Rotation | null };
  tokenKey: { version: number; rotatedAt: number | null };
  campaign: CampaignWindow & { name: string; rotation: Rotation };
  community: { name: string; locale: Locale | null };
  /** The group that the next person is sent to. */
  groupName: string | null;
  seatsLeft: number;
  joined: number;
};

/** The screen of a display, or undefined. One read. The caller has checked the link's seal. */
export async function findScreen(db: Db, id: Id, now: number): Promise<Screen | undefined> {
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('revokedAt', d.revoked_at, 'lastSeenAt', d.last_seen_at,
        'invite', json_object('id', i.id, 'workspaceId', i.workspace_id, 'code', i.code, 'rotation', json(i.rotation),
          'startsAt', i.starts_at, 'expiresAt', i.expires_at, 'revokedAt', i.revoked_at,
          'maxUses', i.max_uses, 'uses', i.uses),
        'tokenKey', json_object('version', w.token_version, 'rotatedAt', w.token_rotated_at),
        'campaign', json_object('name', c.name, 'status', c.status, 'startsAt', c.starts_at, 'endsAt', c.ends_at,
          'rotation', json_extract(c.settings, '$.rotation')),
        'community', json_object('name', m.name, 'locale', m.locale),
        'groupName', (SELECT g.name FROM ${openGroups(now)} ORDER BY g.priority, g.id LIMIT 1),
        'seatsLeft', (SELECT coalesce(sum(g.capacity - g.used), 0) FROM ${openGroups(now)}),
        'joined', (SELECT count(*) FROM participants p WHERE p.campaign_id = c.id))
      FROM displays d JOIN invites i ON i.id = d.invite_id JOIN campaigns c ON c.id = d.campaign_id
        JOIN communities m ON m.id = c.community_id JOIN workspaces w ON w.id = d.workspace_id
      WHERE d.id = ${parseId("display", id)}`,
    ),
  ]);
  const [found] = jsonRows<Omit<Screen, "invite"> & { invite: { id: number; workspaceId: number } }>(rows);
  if (found === undefined) return undefined;
  const invite = found.invite as unknown as Screen["invite"] & { id: unknown; workspaceId: unknown };
  return {
    ...found,
    invite: {
      ...invite,
      id: formatId("invite", found.invite.id),
      workspaceId: formatId("workspace", found.invite.workspaceId),
    },
  };
}

/** Notes that a display is alive. One batch. */
export async function touchDisplay(db: Db, id: Id, now: number): Promise<void> {
  await db.write([db.q.update(displays).set({ lastSeenAt: now }).where(eq(displays.id, id))]);
}
