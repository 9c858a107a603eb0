import { and, eq, getTableColumns, inArray, type SQL, sql } from "drizzle-orm";
import type { CampaignSettings, CampaignStatus, CampaignType } from "../domain/campaign.ts";
import { rechecks } from "../domain/evaluate.ts";
import type { Gate } from "../domain/gate.ts";
import { formatId, type Id, parseId } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import { type Db, freshId } from "./db.ts";
import { byId } from "./paging.ts";
import { campaigns, gates } from "./schema/campaigns.ts";
import { communities } from "./schema/communities.ts";
import { inWorkspace, ownId, type Tenant } from "./tenant.ts";

/** A campaign with its current gate and the groups that it names (null: all of its community's). */
export type Campaign = typeof campaigns.$inferSelect & { gate: Gate | null; groupIds: Id[] | null };

const toIds = (value: unknown): Id[] =>
  (JSON.parse(value as string) as number[]).map((id) => formatId("group", id));

const columns = {
  ...getTableColumns(campaigns),
  gate: gates.gate,
  namedGroups: sql<Id[]>`(SELECT json_group_array(group_id) FROM campaign_groups
    WHERE campaign_id = ${campaigns.id})`
    .mapWith(toIds)
    .as("named_groups"),
};

const withGroups = <T extends { allGroups: boolean; namedGroups: Id[] }>({ namedGroups, ...row }: T) => ({
  ...row,
  groupIds: row.allGroups ? null : namedGroups,
});

/** The campaign rows under a condition, each with its gate. */
const selectCampaigns = (db: Db, where: SQL | undefined) =>
  db.q
    .select(columns)
    .from(campaigns)
    .innerJoin(gates, and(eq(gates.campaignId, campaigns.id), eq(gates.version, campaigns.gateVersion)))
    .where(where);

const mine = (tenant: Tenant, id?: Id): SQL =>
  and(
    inWorkspace(campaigns, tenant),
    id === undefined ? undefined : eq(campaigns.id, id),
    tenant.campaignId === null ? undefined : eq(campaigns.id, tenant.campaignId),
  ) as SQL;

/** One campaign, or undefined. One read. */
export async function findCampaign(db: Db, tenant: Tenant, id: Id): Promise<Campaign | undefined> {
  const [[row]] = await db.read([selectCampaigns(db, mine(tenant, id))]);
  return row && withGroups(row);
}

/** A page of campaigns, newest first. One read. */
export async function listCampaigns(db: Db, tenant: Tenant, ask: PageAsk): Promise<Campaign[]> {
  const page = byId(campaigns.id, "newest", ask);
  const [rows] = await db.read([
    selectCampaigns(db, page.where(mine(tenant)))
      .orderBy(page.order)
      .limit(page.limit),
  ]);
  return rows.map(withGroups);
}

export type NewCampaign = {
  communityId: Id;
  name: string;
  type: CampaignType;
  startsAt: number | null;
  endsAt: number | null;
  timezone: string;
  groupIds: Id[] | null;
  gate: Gate | null;
  settings: CampaignSettings;
};

/** Names the groups of a campaign. A group that is not of its community makes the batch fail. */
const nameGroups = (db: Db, tenant: Tenant, campaignId: SQL | Id, groupIds: readonly Id[]) => {
  const id = typeof campaignId === "string" ? sql.param(campaignId, campaigns.id) : campaignId;
  const numbers = JSON.stringify([...new Set(groupIds)].map((group) => parseId("group", group)));
  return db.q.run(sql`INSERT INTO campaign_groups (workspace_id, campaign_id, group_id)
    SELECT ${sql.param(tenant.workspaceId, campaigns.workspaceId)}, c.id,
      (SELECT g.id FROM groups g WHERE g.id = j.value AND g.community_id = c.community_id)
    FROM campaigns c CROSS JOIN json_each(${numbers}) j WHERE c.id = ${id}`);
};

/** The part of the settings of which every version is kept. */
const RULES = ["attribution", "referral"] as const;

/** Keeps the rules of campaigns `which` under their version, unless they are kept. */
const keepRules = (db: Db, which: SQL, now: number) =>
  db.q.run(sql`INSERT INTO campaign_rules (workspace_id, campaign_id, version, rules, created_at)
    SELECT workspace_id, id, rule_version, json_object(${sql.join(
      RULES.map((name) => sql`${name}, json(json_extract(settings, ${`$.${name}`}))`),
      sql`, `,
    )}), ${now}
    FROM campaigns WHERE ${which} ON CONFLICT (campaign_id, version) DO NOTHING`);

/** The version of the rules after a change of settings: the next one where it makes a difference. */
const nextRules = (settings: Partial<CampaignSettings>): SQL => {
  const differs = RULES.filter((name) => settings[name] !== undefined).map(
    (name) =>
      sql`json_extract(${campaigns.settings}, ${`$.${name}`}) IS NOT json(${JSON.stringify(settings[name])})`,
  );
  return sql`${campaigns.ruleVersion} + (${sql.join([sql`false`, ...differs], sql` OR `)})`;
};

/** Inserts a campaign, its first gate and its groups. One batch; `missing` where one is a stranger's. */
export async function insertCampaign(
  db: Db,
  tenant: Tenant,
  id: number,
  input: NewCampaign,
  now: number,
): Promise<Campaign> {
  const { groupIds, gate, ...given } = input;
  const row = {
    ...given,
    id: freshId(campaigns, id),
    workspaceId: tenant.workspaceId,
    communityId: ownId(communities, tenant, input.communityId),
    status: "draft" as const,
    allGroups: groupIds === null,
    gateVersion: 1,
    createdAt: now,
    updatedAt: now,
  };
  // Ids grow within the write lock, so the newest campaign is the one of this batch.
  const made = sql`(SELECT max(id) FROM campaigns)`;
  const first = {
    workspaceId: tenant.workspaceId,
    campaignId: made as SQL<Id>,
    version: 1,
    gate,
    rechecks: rechecks(gate),
    createdAt: now,
  };
  const [, , , , [campaign]] = await db.write([
    db.q.insert(campaigns).values(row),
    db.q.insert(gates).values(first),
    keepRules(db, sql`${campaigns.id} = ${made}`, now),
    nameGroups(db, tenant, made, groupIds ?? []),
    selectCampaigns(db, sql`${campaigns.id} = ${made}`),
  ]);
  return withGroups(campaign as NonNullable<typeof campaign>);
}

export type CampaignChange = {
  name?: string;
  type?: CampaignType;
  startsAt?: number | null;
  endsAt?: number | null;
  timezone?: string;
  groupIds?: Id[] | null;
  gate?: Gate | null;
  settings: Partial<CampaignSettings>;
};

/** Changes a campaign; a new gate becomes its next version, and so do changed rules. One batch; undefined when there is none. */
export async function updateCampaign(
  db: Db,
  tenant: Tenant,
  id: Id,
  change: CampaignChange,
  now: number,
): Promise<Campaign | undefined> {
  const { groupIds, gate, settings, ...set } = change;
  const own = mine(tenant, id);
  const merged = Object.entries(settings).reduce(
    (value, [name, setting]) => sql`json_set(${value}, ${`$.${name}`}, json(${JSON.stringify(setting)}))`,
    sql`${campaigns.settings}`,
  );
  const nextGate =
    gate === undefined
      ? sql`SELECT 1 WHERE false`
      : sql`INSERT INTO gates (workspace_id, campaign_id, version, gate, rechecks, created_at)
          SELECT workspace_id, id, gate_version, ${gate === null ? null : JSON.stringify(gate)},
            ${rechecks(gate) ? 1 : 0}, ${now}
          FROM campaigns WHERE ${own}`;
  const forget =
    groupIds === undefined
      ? sql`SELECT 1 WHERE false`
      : sql`DELETE FROM campaign_groups WHERE campaign_id = (SELECT id FROM campaigns WHERE ${own})`;
  const [, , , , , [campaign]] = await db.write([
    db.q
      .update(campaigns)
      .set({
        ...set,
        ...(groupIds === undefined ? {} : { allGroups: groupIds === null }),
        ...(gate === undefined ? {} : { gateVersion: sql`${campaigns.gateVersion} + 1` }),
        ruleVersion: nextRules(settings),
        settings: merged,
        updatedAt: now,
      })
      .where(own),
    keepRules(db, own, now),
    db.q.run(nextGate),
    db.q.run(forget),
    nameGroups(db, tenant, sql`(SELECT id FROM campaigns WHERE ${own})`, groupIds ?? []),
    selectCampaigns(db, own),
  ]);
  return campaign && withGroups(campaign);
}

/** Moves a campaign to `to` if its status is one of `from`; undefined when refused. One batch. */
export async function moveCampaign(
  db: Db,
  tenant: Tenant,
  id: Id,
  from: readonly CampaignStatus[],
  to: CampaignStatus,
  now: number,
): Promise<Campaign | undefined> {
  const own = mine(tenant, id);
  const stamps = {
    ...(from.includes("draft") ? { publishedAt: now } : {}),
    ...(to === "ended" ? { endedAt: now } : {}),
  };
  const [moved, [campaign]] = await db.write([
    db.q
      .update(campaigns)
      .set({ status: to, updatedAt: now, ...stamps })
      .where(and(own, inArray(campaigns.status, from)))
      .returning({ id: campaigns.id }),
    selectCampaigns(db, own),
  ]);
  return moved.length === 0 ? undefined : campaign && withGroups(campaign);
}

/** What publishing looks at: the campaign, its community, and how many groups it may fill. One read. */
export async function findForPublishing(db: Db, tenant: Tenant, id: Id) {
  const [[campaign], [community], [count]] = await db.read([
    selectCampaigns(db, mine(tenant, id)),
    db.q
      .select({ purpose: communities.purpose, organiser: communities.organiser })
      .from(communities)
      .innerJoin(campaigns, eq(campaigns.communityId, communities.id))
      .where(mine(tenant, id)),
    db.q
      .select({ groups: sql<number>`count(*)`.as("groups") })
      .from(campaigns)
      .innerJoin(sql`groups g`, sql`g.community_id = ${campaigns.communityId} AND g.state <> 'closed'`)
      .where(
        and(
          mine(tenant, id),
          sql`(${campaigns.allGroups} = 1 OR EXISTS (SELECT 1 FROM campaign_groups cg
            WHERE cg.campaign_id = ${campaigns.id} AND cg.group_id = g.id))`,
        ),
      ),
  ]);
  if (campaign === undefined || community === undefined) return undefined;
  return { campaign: withGroups(campaign), community, groupCount: count?.groups ?? 0 };
}
