import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { CommercialIntent, Organiser } from "../../domain/community.ts";
import type { CarrierKind } from "../../domain/carriers/index.ts";
import type { GroupState } from "../../domain/group.ts";
import type { Locale } from "../../domain/text.ts";
import { idColumn, instant } from "./columns.ts";
import { workspaces } from "./tenancy.ts";

/** What people join. It outlives its groups and campaigns. */
export const communities = sqliteTable(
  "communities",
  {
    id: idColumn("community", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id")
      .notNull()
      .references(() => workspaces.id),
    name: text("name").notNull(),
    purpose: text("purpose").notNull(),
    organiser: text("organiser", { mode: "json" }).$type<Organiser>().notNull(),
    goal: text("goal"),
    values: text("values", { mode: "json" }).$type<string[]>().notNull(),
    rules: text("rules", { mode: "json" }).$type<string[]>().notNull(),
    commercialIntent: text("commercial_intent").$type<CommercialIntent>().notNull(),
    locale: text("locale").$type<Locale>(),
    imageUrl: text("image_url"),
    // A PNG as a data URL, for the middle of QR codes.
    logo: text("logo"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (table) => [index("communities_workspace").on(table.workspaceId, table.id)],
);

/** One real chat on a carrier. `retiresAt` is its expiry less the safety margin. */
export const groups = sqliteTable(
  "groups",
  {
    id: idColumn("group", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id")
      .notNull()
      .references(() => workspaces.id),
    communityId: idColumn("community", "community_id")
      .notNull()
      .references(() => communities.id),
    name: text("name").notNull(),
    carrier: text("carrier").$type<CarrierKind>().notNull(),
    joinUrl: text("join_url"),
    // The group's own QR as uploaded (a data URL), and what it says when it is decoded.
    qrImage: text("qr_image"),
    qrText: text("qr_text"),
    // Where people are sent instead, once this group was merged into another.
    mergedInto: idColumn("group", "merged_into"),
    capacity: integer("capacity").notNull(),
    used: integer("used").notNull().default(0),
    state: text("state").$type<GroupState>().notNull(),
    priority: integer("priority").notNull(),
    weight: integer("weight").notNull(),
    expiresAt: instant("expires_at"),
    marginHours: integer("margin_hours").notNull(),
    retiresAt: instant("retires_at"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (table) => [
    index("groups_community").on(table.communityId, table.id),
    // Names of numbered groups are made once, however often the request comes.
    index("groups_name").on(table.communityId, table.name),
    // The choice of a group reads only those that can still take somebody.
    index("groups_open")
      .on(table.communityId, table.priority, table.id, table.retiresAt)
      .where(sql`state = 'open' AND used < capacity`),
    check("groups_seats", sql`used BETWEEN 0 AND capacity`),
  ],
);
