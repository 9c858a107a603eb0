import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Attributes } from "../../domain/join.ts";
import { idColumn, instant } from "./columns.ts";
import { communities } from "./communities.ts";

/** What outside systems know of a person in a community, before they are in and after: by identity. */
export const profiles = sqliteTable(
  "profiles",
  {
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    communityId: idColumn("community", "community_id")
      .notNull()
      .references(() => communities.id),
    identityHash: text("identity_hash").notNull(),
    level: integer("level"),
    tags: text("tags", { mode: "json" }).$type<string[]>().notNull(),
    attributes: text("attributes", { mode: "json" }).$type<Attributes>().notNull(),
    lastReadAt: instant("last_read_at"),
    updatedAt: instant("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.communityId, table.identityHash] })],
);

/** Lists of people, to allow or to deny: keyed hashes of identities. */
export const lists = sqliteTable(
  "lists",
  {
    id: idColumn("list", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    name: text("name").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [uniqueIndex("lists_name").on(table.workspaceId, table.name)],
);

export const listEntries = sqliteTable(
  "list_entries",
  {
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    listId: idColumn("list", "list_id")
      .notNull()
      .references(() => lists.id),
    hash: text("hash").notNull(),
    addedAt: instant("added_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.listId, table.hash] }),
    index("list_entries_hash").on(table.workspaceId, table.hash),
  ],
);
