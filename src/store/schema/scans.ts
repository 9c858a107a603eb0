import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Device, ScanKind } from "../../domain/scan.ts";
import { campaigns, invites } from "./campaigns.ts";
import { idColumn, instant } from "./columns.ts";

/** Arrivals on invites: one a visitor, invite and hour. Only `person` is counted. */
export const scans = sqliteTable(
  "scans",
  {
    id: idColumn("scan", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    inviteId: idColumn("invite", "invite_id")
      .notNull()
      .references(() => invites.id),
    // A keyed hash under a key of the day: nobody is followed from one day to the next.
    visitor: text("visitor").notNull(),
    hour: integer("hour").notNull(),
    kind: text("kind").$type<ScanKind>().notNull(),
    device: text("device").$type<Device>().notNull(),
    country: text("country"),
    at: instant("at").notNull(),
  },
  (table) => [
    uniqueIndex("scans_visit").on(table.inviteId, table.hour, table.visitor),
    index("scans_campaign")
      .on(table.campaignId, table.at)
      .where(sql`kind = 'person'`),
  ],
);
