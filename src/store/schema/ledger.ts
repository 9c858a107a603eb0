import { sql } from "drizzle-orm";
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
    actor: text("actor").notNull(),
    // One effect, one entry: `joined` once a participant; later kinds carry their event's id.
    key: text("key").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [
    uniqueIndex("ledger_key").on(table.participantId, table.kind, table.key),
    index("ledger_campaign").on(table.campaignId, table.id),
  ],
);

/** A cache of the ledger: one row a participant, metric and period, where the score is above zero. */
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
  (table) => [
    primaryKey({ columns: [table.campaignId, table.metric, table.period, table.participantId] }),
    index("scores_rank").on(
      table.campaignId,
      table.metric,
      table.period,
      sql`score DESC`,
      table.reachedAt,
      table.participantId,
    ),
  ],
);
