import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { EntryKind } from "../../domain/ledger.ts";
import { campaigns } from "./campaigns.ts";
import { idColumn, instant } from "./columns.ts";
import { participants } from "./people.ts";

/** Append-only attribution. All counters derive from it (triggers refuse updates and deletes). */
export const ledger = sqliteTable(
  "ledger",
  {
    id: idColumn("entry", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    kind: text("kind").$type<EntryKind>().notNull(),
    participantId: idColumn("participant", "participant_id")
      .notNull()
      .references(() => participants.id),
    parentId: idColumn("participant", "parent_id"),
    groupId: idColumn("group", "group_id"),
    inviteId: idColumn("invite", "invite_id"),
    gateVersion: integer("gate_version"),
    /** Who counted as the inviter before, for `moved`; `parentId` says who does since. */
    fromParentId: idColumn("participant", "from_parent_id"),
    // The campaign's rules in force, and until when an arrival has to stay under them.
    ruleVersion: integer("rule_version"),
    qualifiesAt: instant("qualifies_at"),
    actor: text("actor").notNull(),
    // Why an operator did it, in their words.
    cause: text("cause"),
    // One effect, one entry: `joined` once a participant; later kinds carry their event's id.
    key: text("key").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [
    uniqueIndex("ledger_key").on(table.participantId, table.kind, table.key),
    index("ledger_campaign").on(table.campaignId, table.id),
  ],
);

/** Where scores were kept before there were boards (see `tallies`). Empty: migrations do not drop tables. */
export const scores = sqliteTable(
  "scores",
  {
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id").notNull(),
    metric: text("metric").notNull(),
    period: text("period").notNull(),
    participantId: idColumn("participant", "participant_id").notNull(),
    score: integer("score").notNull(),
    reachedAt: instant("reached_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaignId, table.metric, table.period, table.participantId] })],
);
