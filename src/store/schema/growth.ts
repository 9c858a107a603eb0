import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Cost } from "../../domain/costs.ts";
import { campaigns } from "./campaigns.ts";
import { idColumn, instant } from "./columns.ts";

/** What a campaign's sources cost, as the marketer said last. */
export const campaignCosts = sqliteTable("campaign_costs", {
  campaignId: idColumn("campaign", "campaign_id")
    .primaryKey()
    .references(() => campaigns.id),
  workspaceId: idColumn("workspace", "workspace_id").notNull(),
  costs: text("costs", { mode: "json" }).$type<Cost[]>().notNull(),
  updatedAt: instant("updated_at").notNull(),
});
