import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { OrderItem, ReceiptEffect } from "../../domain/order.ts";
import type { ProviderKind } from "../../domain/providers/index.ts";
import { idColumn, instant } from "./columns.ts";
import { workspaces } from "./tenancy.ts";

/** Where payments and purchases come from: a provider's webhook, with what it is checked by (encrypted). */
export const orderSources = sqliteTable(
  "order_sources",
  {
    id: idColumn("orderSource", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id")
      .notNull()
      .references(() => workspaces.id),
    provider: text("provider").$type<ProviderKind>().notNull(),
    name: text("name").notNull(),
    sealed: text("sealed").notNull(),
    createdAt: instant("created_at").notNull(),
    revokedAt: instant("revoked_at"),
  },
  (table) => [index("order_sources_workspace").on(table.workspaceId, table.id)],
);

/**
 * Payments and purchases. Amounts are integers in minor units. `holderHash` is whose it is: set when it
 * comes with an identity, or by the join that it lets in, and never changed after.
 */
export const orders = sqliteTable(
  "orders",
  {
    id: idColumn("order", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id")
      .notNull()
      .references(() => workspaces.id),
    source: text("source").notNull(),
    reference: text("reference").notNull(),
    // The campaign whose fee it is: said by the payment, or set by the join that it lets in.
    campaignId: idColumn("campaign", "campaign_id"),
    holderHash: text("holder_hash"),
    heldAt: instant("held_at"),
    amount: integer("amount").notNull(),
    refunded: integer("refunded").notNull().default(0),
    currency: text("currency").notNull(),
    items: text("items", { mode: "json" }).$type<OrderItem[]>().notNull(),
    paidAt: instant("paid_at").notNull(),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (table) => [
    index("orders_workspace").on(table.workspaceId, table.id),
    uniqueIndex("orders_reference").on(table.workspaceId, table.source, table.reference),
    index("orders_offered").on(table.workspaceId, table.reference),
    index("orders_holder").on(table.workspaceId, table.holderHash, table.paidAt),
  ],
);

/** Every event that a source told, once: the row and its effect are one batch. */
export const receipts = sqliteTable(
  "receipts",
  {
    id: idColumn("receipt", "id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    source: text("source").notNull(),
    // `paid:` and by what the source knows the order; a refund's own; or a delivery's that means nothing.
    event: text("event").notNull(),
    effect: text("effect").$type<ReceiptEffect>().notNull(),
    // Of a payment: the order's number. Of a refund: by what the source knows the order, which may be to come.
    orderReference: text("order_reference"),
    // A keyed hash of what was told: an event that comes twice is told from one that says something else.
    digest: text("digest").notNull(),
    // What was given back: an order's `refunded` is the sum of these, whichever came first.
    amount: integer("amount"),
    at: instant("at").notNull(),
  },
  (table) => [
    uniqueIndex("receipts_event").on(table.workspaceId, table.source, table.event),
    index("receipts_order").on(table.workspaceId, table.source, table.orderReference),
  ],
);
