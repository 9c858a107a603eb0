import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { LeafResult } from "../../domain/criteria/types.ts";
import type { IdentityType } from "../../domain/identity.ts";
import type { Refusal, StoredTouch } from "../../domain/attribution.ts";
import type { Standing } from "../../domain/credit.ts";
import type { Attributes } from "../../domain/join.ts";
import type { ConfirmationSource, SeatState } from "../../domain/seat.ts";
import { campaigns, invites } from "./campaigns.ts";
import { idColumn, instant } from "./columns.ts";
import { communities, groups } from "./communities.ts";
import { workspaces } from "./tenancy.ts";

/** A person in a community, known by a keyed hash of their identity. */
export const members = sqliteTable(
  "members",
  {
    id: idColumn("member", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id")
      .notNull()
      .references(() => workspaces.id),
    communityId: idColumn("community", "community_id")
      .notNull()
      .references(() => communities.id),
    identityHash: text("identity_hash").notNull(),
    identityType: text("identity_type").$type<IdentityType>().notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [uniqueIndex("members_identity").on(table.communityId, table.identityHash)],
);

/**
 * A member in a campaign. `parentId` and `depth` never change (a trigger refuses it): who brought them is
 * decided once. A correction sets `movedTo`, and `inviterId` is who counts as their inviter today.
 */
export const participants = sqliteTable(
  "participants",
  {
    id: idColumn("participant", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id")
      .notNull()
      .references(() => workspaces.id),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    memberId: idColumn("member", "member_id")
      .notNull()
      .references(() => members.id),
    parentId: idColumn("participant", "parent_id"),
    depth: integer("depth").notNull(),
    invitedVia: idColumn("invite", "invited_via")
      .notNull()
      .references(() => invites.id),
    groupId: idColumn("group", "group_id").references(() => groups.id),
    gateVersion: integer("gate_version").notNull(),
    displayName: text("display_name").notNull(),
    attributes: text("attributes", { mode: "json" }).$type<Attributes>(),
    // The request that made the row, and the scan ticket that it spent.
    attempt: integer("attempt").notNull(),
    ticket: text("ticket"),
    joinedAt: instant("joined_at").notNull(),
    leftAt: instant("left_at"),
    // The seat: `reserved` until `seatUntil`, or `confirmed`; null when there is none.
    seatState: text("seat_state").$type<SeatState>(),
    seatUntil: instant("seat_until"),
    seatConfirmedAt: instant("seat_confirmed_at"),
    confirmationSource: text("confirmation_source").$type<ConfirmationSource>(),
    // Of a confirmed seat that was given back: a trigger keeps when it was first confirmed.
    firstConfirmedAt: instant("first_confirmed_at"),
    movedAt: instant("moved_at"),
    movedTo: idColumn("participant", "moved_to"),
    // What corrections add to `depth` for the depth of today.
    levelShift: integer("level_shift").notNull().default(0),
    inviterId: idColumn("participant", "inviter_id").generatedAlwaysAs(
      sql`iif(moved_at IS NULL, parent_id, moved_to)`,
      { mode: "virtual" },
    ),
    // When the referral counts as one that stayed: foreseen, and come true.
    qualifiesAt: instant("qualifies_at"),
    qualifiedAt: instant("qualified_at"),
    // Null: in good standing.
    standing: text("standing").$type<Exclude<Standing, "good">>(),
    disqualifiedAt: instant("disqualified_at"),
    // The invite that the join is credited to, where it is not the one that they came by.
    creditedVia: idColumn("invite", "credited_via"),
    // Why nobody is credited, where somebody could have been.
    refusal: text("refusal").$type<Refusal>(),
    // All their arrivals, oldest first, where there are any beside the one by which they joined.
    touches: text("touches", { mode: "json" }).$type<StoredTouch[]>(),
  },
  (table) => [
    index("participants_group").on(table.groupId),
    index("participants_lapse")
      .on(table.seatUntil)
      .where(sql`seat_state = 'reserved' AND seat_until IS NOT NULL`),
    uniqueIndex("participants_member").on(table.campaignId, table.memberId),
    uniqueIndex("participants_ticket")
      .on(table.campaignId, table.ticket)
      .where(sql`ticket IS NOT NULL`),
    index("participants_campaign").on(table.campaignId, table.id),
    index("participants_touched")
      .on(table.campaignId, table.id)
      .where(sql`touches IS NOT NULL`),
    index("participants_inviter").on(table.inviterId, table.id),
    index("participants_due")
      .on(table.campaignId, table.qualifiesAt)
      .where(sql`qualifies_at IS NOT NULL`),
    index("participants_standing")
      .on(table.campaignId, table.id)
      .where(sql`standing IS NOT NULL`),
  ],
);

/**
 * People who passed the gate while no seat was free, and participants whose seat is gone (`src/store/waiting.ts`).
 * `promotedAt` ends the wait.
 */
export const waitlist = sqliteTable(
  "waitlist",
  {
    id: idColumn("waiting", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    memberId: idColumn("member", "member_id")
      .notNull()
      .references(() => members.id),
    invitedVia: idColumn("invite", "invited_via").notNull(),
    // What decides who is credited, as it was known when they began to wait.
    creditedVia: idColumn("invite", "credited_via"),
    holderId: idColumn("participant", "holder_id"),
    touches: text("touches", { mode: "json" }).$type<StoredTouch[]>(),
    gateVersion: integer("gate_version").notNull(),
    displayName: text("display_name").notNull(),
    attributes: text("attributes", { mode: "json" }).$type<Attributes>(),
    attempt: integer("attempt").notNull(),
    ticket: text("ticket"),
    createdAt: instant("created_at").notNull(),
    promotedAt: instant("promoted_at"),
  },
  (table) => [
    uniqueIndex("waitlist_member").on(table.campaignId, table.memberId),
    uniqueIndex("waitlist_ticket")
      .on(table.campaignId, table.ticket)
      .where(sql`ticket IS NOT NULL`),
    index("waitlist_open")
      .on(table.campaignId, table.id)
      .where(sql`promoted_at IS NULL`),
  ],
);

/**
 * The last result of each gate version for each prospect, leaf by leaf. `identityHash` is that of the prospect, or
 * names the participant of somebody who came in at once (see `keptUnder`).
 */
export const evaluations = sqliteTable(
  "evaluations",
  {
    id: idColumn("evaluation", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    identityHash: text("identity_hash").notNull(),
    gateVersion: integer("gate_version").notNull(),
    result: text("result").$type<LeafResult>().notNull(),
    leaves: text("leaves", { mode: "json" })
      .$type<{ path: string; criterion: string; result: LeafResult; code: string }[]>()
      .notNull(),
    tries: integer("tries").notNull().default(1),
    // SHA-256 of the facts that were judged; and the facts themselves, encrypted, for a while.
    factsDigest: text("facts_digest"),
    facts: text("facts"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("evaluations_prospect").on(table.campaignId, table.identityHash, table.gateVersion),
    // The applicants of late whose facts are kept; gates that ask for nothing keep none.
    index("evaluations_facts")
      .on(table.campaignId, table.updatedAt)
      .where(sql`facts IS NOT NULL`),
  ],
);
