import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { CheckState, UnmetLeaf } from "../../domain/elimination.ts";
import type { ApplicationState, ReviewKind } from "../../domain/review.ts";
import type { ReviewState } from "../../domain/criteria/facts.ts";
import { campaigns } from "./campaigns.ts";
import { idColumn, instant } from "./columns.ts";

/** Somebody whose gate is pending: what they sent (sealed), so that they come in once it passes. */
export const applications = sqliteTable(
  "applications",
  {
    id: idColumn("application", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    identityHash: text("identity_hash").notNull(),
    inviteId: idColumn("invite", "invite_id").notNull(),
    gateVersion: integer("gate_version").notNull(),
    state: text("state").$type<ApplicationState>().notNull(),
    // The form as it was sent, encrypted: see `services/applications.ts`.
    sealed: text("sealed").notNull(),
    // The request and the scan ticket by which its sender is known again.
    attempt: integer("attempt").notNull(),
    ticket: text("ticket"),
    tries: integer("tries").notNull().default(1),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    // When to judge it again; null: when something happens that touches it.
    dueAt: instant("due_at"),
  },
  (table) => [
    uniqueIndex("applications_person").on(table.campaignId, table.identityHash),
    index("applications_identity").on(table.workspaceId, table.identityHash),
    // What was sent by people whose gate is decided: forgotten in its time.
    index("applications_sealed")
      .on(table.updatedAt)
      .where(sql`state <> 'pending' AND sealed <> ''`),
    index("applications_due")
      .on(table.dueAt)
      .where(sql`due_at IS NOT NULL`),
  ],
);

/** Cases for a human decision: an entry, or a member's appeal. One a person, kind and queue. */
export const reviews = sqliteTable(
  "reviews",
  {
    id: idColumn("review", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    identityHash: text("identity_hash").notNull(),
    kind: text("kind").$type<ReviewKind>().notNull(),
    queue: text("queue").notNull(),
    applicationId: idColumn("application", "application_id"),
    participantId: idColumn("participant", "participant_id"),
    state: text("state").$type<ReviewState>().notNull(),
    // What the reviewer sees: identity, answers, leaf results, the person's own words. Encrypted.
    evidence: text("evidence").notNull(),
    openedAt: instant("opened_at").notNull(),
    dueAt: instant("due_at").notNull(),
    assignee: text("assignee"),
    decidedAt: instant("decided_at"),
    decidedBy: text("decided_by"),
    reason: text("reason"),
    tries: integer("tries").notNull().default(1),
    updatedAt: instant("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("reviews_case").on(table.campaignId, table.identityHash, table.kind, table.queue),
    index("reviews_evidence")
      .on(table.decidedAt)
      .where(sql`decided_at IS NOT NULL AND evidence <> ''`),
    index("reviews_open").on(table.campaignId, table.state, table.id),
  ],
);

/** One-time codes that were sent to an identity, to show that whoever typed it reads them. Hashed; a used one is empty. */
export const contacts = sqliteTable(
  "contacts",
  {
    id: idColumn("contact", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id").notNull(),
    identityHash: text("identity_hash").notNull(),
    codeHash: text("code_hash").notNull(),
    attempts: integer("attempts").notNull().default(0),
    // The last three sends: an hour has no more than that.
    sentAt: instant("sent_at").notNull(),
    sentBefore: instant("sent_before"),
    sentFirst: instant("sent_first"),
    expiresAt: instant("expires_at").notNull(),
    verifiedAt: instant("verified_at"),
    // By which scan or request the code came back: nobody else has shown anything.
    verifiedBy: text("verified_by"),
  },
  (table) => [
    uniqueIndex("contacts_person").on(table.campaignId, table.identityHash),
    index("contacts_identity").on(table.workspaceId, table.identityHash),
  ],
);

/** Places taken of a quota, in a period (`all`, or a day): counted by joins alone. */
export const quotas = sqliteTable(
  "quotas",
  {
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id").notNull(),
    key: text("key").notNull(),
    period: text("period").notNull(),
    used: integer("used").notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaignId, table.key, table.period] })],
);

/** Re-checks of those who are in, where their gate has a leaf for it. */
export const checks = sqliteTable(
  "checks",
  {
    participantId: idColumn("participant", "participant_id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id").notNull(),
    state: text("state").$type<CheckState>().notNull(),
    // When to judge again; null: no more (they left, or it was decided).
    dueAt: instant("due_at"),
    // Since when they do not pass, and until when that is borne with.
    since: instant("since"),
    graceUntil: instant("grace_until"),
    // Nobody is removed before: an appeal was granted.
    exemptUntil: instant("exempt_until"),
    // The leaves that did not pass, as codes and sentences in both languages.
    leaves: text("leaves", { mode: "json" }).$type<UnmetLeaf[]>(),
    checkedAt: instant("checked_at"),
  },
  (table) => [
    index("checks_due")
      .on(table.dueAt)
      .where(sql`due_at IS NOT NULL`),
    index("checks_state").on(table.campaignId, table.state, table.participantId),
  ],
);
