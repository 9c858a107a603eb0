import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Scope } from "../../domain/key.ts";
import { idColumn, instant } from "./columns.ts";

/** The tenant. The first one of an installation is its owner's, and may make others. */
export const workspaces = sqliteTable("workspaces", {
  id: idColumn("workspace", "id").primaryKey(),
  name: text("name").notNull(),
  // The version of the key that makes rotating tokens; the one before it lives on for a while.
  tokenVersion: integer("token_version").notNull().default(1),
  tokenRotatedAt: instant("token_rotated_at"),
  createdAt: instant("created_at").notNull(),
});

/** API keys. `hash` is keyed; `hint` is the part that a list may show. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: idColumn("key", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id")
      .notNull()
      .references(() => workspaces.id),
    name: text("name").notNull(),
    hash: text("hash").notNull(),
    hint: text("hint").notNull(),
    scopes: text("scopes", { mode: "json" }).$type<Scope[]>().notNull(),
    campaignId: idColumn("campaign", "campaign_id"),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at"),
    revokedAt: instant("revoked_at"),
  },
  (table) => [uniqueIndex("api_keys_hash").on(table.hash)],
);
