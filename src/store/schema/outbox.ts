import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { EventKind } from "../../domain/event.ts";
import { idColumn, instant } from "./columns.ts";

/** Events for the world outside, written in the batch that causes them. `key` makes each one once. */
export const outbox = sqliteTable(
  "outbox",
  {
    id: idColumn("event", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id").notNull(),
    kind: text("kind").$type<EventKind>().notNull(),
    /** What it is about: the number behind its public id, whose kind follows from the event's. */
    subject: integer("subject").notNull(),
    data: text("data", { mode: "json" }).$type<Record<string, string | number | null>>().notNull(),
    key: text("key").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [
    uniqueIndex("outbox_key").on(table.campaignId, table.key),
    index("outbox_campaign").on(table.campaignId, table.id),
  ],
);

/** People who passed the gate and found neither a seat nor a waitlist: one row a person and reason. */
export const lostDemand = sqliteTable(
  "lost_demand",
  {
    id: idColumn("lost", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id").notNull(),
    identityHash: text("identity_hash").notNull(),
    inviteId: idColumn("invite", "invite_id").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [uniqueIndex("lost_demand_person").on(table.campaignId, table.identityHash)],
);
