import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { AuditKind } from "../../domain/audit.ts";
import { idColumn, instant } from "./columns.ts";

/** Who decided what, append-only (triggers refuse updates and deletes). Nothing personal stands here. */
export const audit = sqliteTable(
  "audit",
  {
    id: idColumn("audit", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id"),
    kind: text("kind").$type<AuditKind>().notNull(),
    // The number behind the public id of what it is about; its kind follows from `kind`.
    subject: integer("subject").notNull(),
    actor: text("actor").notNull(),
    reason: text("reason"),
    data: text("data", { mode: "json" }).$type<Record<string, string | number | null>>().notNull(),
    at: instant("at").notNull(),
  },
  (table) => [
    index("audit_campaign").on(table.campaignId, table.id),
    index("audit_subject").on(table.workspaceId, table.kind, table.subject),
  ],
);
