import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { CampaignRules, CampaignSettings, CampaignStatus, CampaignType } from "../../domain/campaign.ts";
import type { Gate } from "../../domain/gate.ts";
import type { Rotation } from "../../domain/invite.ts";
import { idColumn, instant } from "./columns.ts";
import { communities, groups } from "./communities.ts";
import { workspaces } from "./tenancy.ts";

/** One growth campaign of a community. */
export const campaigns = sqliteTable(
  "campaigns",
  {
    id: idColumn("campaign", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id")
      .notNull()
      .references(() => workspaces.id),
    communityId: idColumn("community", "community_id")
      .notNull()
      .references(() => communities.id),
    name: text("name").notNull(),
    type: text("type").$type<CampaignType>().notNull(),
    status: text("status").$type<CampaignStatus>().notNull(),
    startsAt: instant("starts_at"),
    endsAt: instant("ends_at"),
    timezone: text("timezone").notNull(),
    allGroups: integer("all_groups", { mode: "boolean" }).notNull(),
    gateVersion: integer("gate_version").notNull(),
    settings: text("settings", { mode: "json" }).$type<CampaignSettings>().notNull(),
    // Counts the changes of the attribution and referral rules; the ledger names it.
    ruleVersion: integer("rule_version").notNull().default(1),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    publishedAt: instant("published_at"),
    endedAt: instant("ended_at"),
  },
  (table) => [
    index("campaigns_workspace").on(table.workspaceId, table.id),
    check("campaigns_window", sql`starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at`),
  ],
);

/** The groups that a campaign may fill, where it does not simply take all of its community's. */
export const campaignGroups = sqliteTable(
  "campaign_groups",
  {
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    groupId: idColumn("group", "group_id")
      .notNull()
      .references(() => groups.id),
  },
  (table) => [primaryKey({ columns: [table.campaignId, table.groupId] })],
);

/** Every version of a campaign's gate. A row never changes. */
export const gates = sqliteTable(
  "gates",
  {
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    version: integer("version").notNull(),
    gate: text("gate", { mode: "json" }).$type<Gate | null>(),
    // Whether it has leaves that are judged again once somebody is in.
    rechecks: integer("rechecks", { mode: "boolean" }).notNull().default(false),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaignId, table.version] })],
);

/** Every version of a campaign's rules of attribution and referral. A row never changes. */
export const campaignRules = sqliteTable(
  "campaign_rules",
  {
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    version: integer("version").notNull(),
    rules: text("rules", { mode: "json" }).$type<CampaignRules>().notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaignId, table.version] })],
);

/** Codes that lead to the gate: a participant's own (`member`) or the marketer's (`channel`). */
export const invites = sqliteTable(
  "invites",
  {
    id: idColumn("invite", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id")
      .notNull()
      .references(() => workspaces.id),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    participantId: idColumn("participant", "participant_id"),
    code: text("code").notNull(),
    channel: text("channel"),
    medium: text("medium"),
    label: text("label"),
    maxUses: integer("max_uses"),
    uses: integer("uses").notNull().default(0),
    rotation: text("rotation", { mode: "json" }).$type<Rotation>(),
    startsAt: instant("starts_at"),
    expiresAt: instant("expires_at"),
    revokedAt: instant("revoked_at"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("invites_code").on(table.code),
    index("invites_campaign").on(table.campaignId, table.id),
    index("invites_participant").on(table.participantId),
    // The marketer's own: a few among as many as there are members.
    index("invites_channel")
      .on(table.campaignId, table.id)
      .where(sql`participant_id IS NULL`),
  ],
);

/** Codes that an invite had before: they say that they were replaced, and lead nowhere. */
export const retiredCodes = sqliteTable("retired_codes", {
  code: text("code").primaryKey(),
  workspaceId: idColumn("workspace", "workspace_id").notNull(),
  inviteId: idColumn("invite", "invite_id")
    .notNull()
    .references(() => invites.id),
  retiredAt: instant("retired_at").notNull(),
});

/** Screens that show a rotating invite. The link carries a keyed hash of the id, stored nowhere. */
export const displays = sqliteTable(
  "displays",
  {
    id: idColumn("display", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id")
      .notNull()
      .references(() => workspaces.id),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    inviteId: idColumn("invite", "invite_id")
      .notNull()
      .references(() => invites.id),
    label: text("label"),
    createdAt: instant("created_at").notNull(),
    revokedAt: instant("revoked_at"),
    // When the screen last asked for its code, to the minute.
    lastSeenAt: instant("last_seen_at"),
  },
  (table) => [
    index("displays_invite").on(table.inviteId, table.id),
    index("displays_campaign").on(table.campaignId),
  ],
);

/** Targeted access codes: only a keyed hash is kept; the code is derived from `seed` to be shown. */
export const accessCodes = sqliteTable(
  "access_codes",
  {
    id: idColumn("accessCode", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id")
      .notNull()
      .references(() => workspaces.id),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    hash: text("hash").notNull(),
    seed: text("seed").notNull(),
    label: text("label"),
    recipientHash: text("recipient_hash"),
    maxUses: integer("max_uses").notNull(),
    uses: integer("uses").notNull().default(0),
    startsAt: instant("starts_at"),
    expiresAt: instant("expires_at"),
    revokedAt: instant("revoked_at"),
    createdAt: instant("created_at").notNull(),
    // Codes that were made by one request, by which key, and the tag that their users must have.
    batchId: idColumn("codeBatch", "batch_id"),
    issuer: idColumn("key", "issuer"),
    role: text("role"),
  },
  (table) => [
    uniqueIndex("access_codes_hash").on(table.campaignId, table.hash),
    index("access_codes_campaign").on(table.campaignId, table.id),
    index("access_codes_batch")
      .on(table.batchId)
      .where(sql`batch_id IS NOT NULL`),
  ],
);
