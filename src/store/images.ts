import { and, eq, sql } from "drizzle-orm";
import type { Id } from "../domain/id.ts";
import type { Db } from "./db.ts";
import { campaigns, invites } from "./schema/campaigns.ts";
import { communities, groups } from "./schema/communities.ts";
import { inCampaign, inWorkspace, type Tenant } from "./tenant.ts";

/** A community's logo (a data URL, or null); undefined when there is no such community. One read. */
export async function findLogo(db: Db, tenant: Tenant, id: Id): Promise<{ logo: string | null } | undefined> {
  const mine = and(eq(communities.id, id), inWorkspace(communities, tenant));
  const [[row]] = await db.read([db.q.select({ logo: communities.logo }).from(communities).where(mine)]);
  return row;
}

/** Sets a community's logo, or takes it away; undefined when there is no such community. One batch. */
export async function updateLogo(
  db: Db,
  tenant: Tenant,
  id: Id,
  logo: string | null,
  now: number,
): Promise<{ id: Id } | undefined> {
  const [[row]] = await db.write([
    db.q
      .update(communities)
      .set({ logo, updatedAt: now })
      .where(and(eq(communities.id, id), inWorkspace(communities, tenant)))
      .returning({ id: communities.id }),
  ]);
  return row;
}

/** The logo of the community that an invite leads to; undefined when there is no such invite. One read. */
export async function findLogoOfInvite(
  db: Db,
  by: { id: Id } | { code: string },
): Promise<{ logo: string | null } | undefined> {
  const [[row]] = await db.read([
    db.q
      .select({ logo: communities.logo })
      .from(invites)
      .innerJoin(campaigns, eq(campaigns.id, invites.campaignId))
      .innerJoin(communities, eq(communities.id, campaigns.communityId))
      .where("id" in by ? eq(invites.id, by.id) : eq(invites.code, by.code)),
  ]);
  return row;
}

/** A group's QR image (a data URL, or null); undefined when there is no such group. One read. */
export async function findGroupQr(
  db: Db,
  id: Id,
  tenant: Tenant | null,
): Promise<{ qrImage: string | null } | undefined> {
  const mine = and(eq(groups.id, id), tenant === null ? undefined : inWorkspace(groups, tenant));
  const [[row]] = await db.read([db.q.select({ qrImage: groups.qrImage }).from(groups).where(mine)]);
  return row;
}

const poster = {
  // Not every driver tells two columns of one name apart.
  communityName: sql<string>`${communities.name}`.as("community_name"),
  purpose: communities.purpose,
  organiser: communities.organiser,
  locale: communities.locale,
  logo: communities.logo,
  campaignName: campaigns.name,
  campaignEndsAt: campaigns.endsAt,
  timezone: campaigns.timezone,
};

const selectPoster = (db: Db) =>
  db.q
    .select(poster)
    .from(invites)
    .innerJoin(campaigns, eq(campaigns.id, invites.campaignId))
    .innerJoin(communities, eq(communities.id, campaigns.communityId));

/** What a poster says beside its invite. */
export type PosterFacts = Awaited<ReturnType<typeof selectPoster>>[number];

/** What a poster of an invite says; undefined when there is no such invite. One read. */
export async function findPoster(db: Db, tenant: Tenant, id: Id): Promise<PosterFacts | undefined> {
  const mine = and(eq(invites.id, id), inCampaign(invites, tenant));
  const [[row]] = await db.read([selectPoster(db).where(mine)]);
  return row;
}
