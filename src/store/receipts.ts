import { type SQL, sql } from "drizzle-orm";
import { type Id, parseId } from "../domain/id.ts";
import type { OrderItem } from "../domain/order.ts";
import { nudge } from "./applications.ts";
import { type Db, freshId, jsonRows } from "./db.ts";
import { prepared } from "./prepared.ts";
import { orders, receipts } from "./schema/orders.ts";
import { workspaces } from "./schema/tenancy.ts";
import type { Tenant } from "./tenant.ts";
import { refundsOf } from "./refunds.ts";

/** An order as a source tells of it. */
export type NewOrder = {
  source: string;
  /** By what the source itself knows it, in its refunds too; `reference` is what the buyer knows. */
  key: string;
  reference: string;
  campaignId: Id | null;
  applicationId: Id | null;
  holderHash: string | null;
  amount: number;
  currency: string;
  items: readonly OrderItem[];
  paidAt: number;
  /** Of everything that was told: tells the same once more from something else under the same number. */
  digest: string;
  /** Whether a campaign or an application that is not the workspace's refuses the order; else it is nobody's. */
  strict: boolean;
};

/** What became of a new order. Whatever is not `created` changed nothing. */
export type Keeping = "created" | "unchanged" | "conflict" | "unknown_campaign" | "unknown_application";

type Bound = { workspaceId: Id; rows: string; id: number; now: number };

const COLUMNS = [
  "source",
  "key",
  "reference",
  "campaign",
  "application",
  "holder",
  "amount",
  "currency",
  "items",
  "paid_at",
  "digest",
  "strict",
];

/** The orders of one call as rows `g`, in their order. */
const given = (rows: SQL): SQL =>
  sql`(SELECT key AS n, ${sql.raw(COLUMNS.map((name, i) => `value->>${i} AS "${name}"`).join(", "))} FROM json_each(${rows}))`;

const statements = prepared<Bound>((slot) => {
  const workspace = slot("workspaceId", workspaces.id);
  const [now, id] = [slot("now"), slot("id")];
  const rows = given(slot("rows"));
  const campaignKnown = sql`(g.campaign IS NULL OR EXISTS (SELECT 1 FROM campaigns c
    WHERE c.id = g.campaign AND c.workspace_id = ${workspace}))`;
  const applicationKnown = sql`(g.application IS NULL OR EXISTS (SELECT 1 FROM applications a
    WHERE a.id = g.application AND a.workspace_id = ${workspace}))`;
  const theOrder = sql`o.workspace_id = ${workspace} AND o.source = g.source AND o.reference = g.reference`;
  const theReceipt = sql`r.workspace_id = ${workspace} AND r.source = g.source AND r.event = 'paid:' || g."key"`;
  const isSame = sql`r.digest = g.digest AND r.order_reference = g.reference`;
  return [
    sql`SELECT coalesce(max(id), 0) FROM receipts`,
    sql`INSERT INTO receipts (id, workspace_id, source, event, effect, order_reference, digest, at)
      SELECT f.id + g.n, ${workspace}, g.source, 'paid:' || g."key", 'paid', g.reference, g.digest, ${now}
      FROM (SELECT ${freshId(receipts, id)} AS id) f CROSS JOIN ${rows} g
      WHERE (NOT g.strict OR (${campaignKnown} AND ${applicationKnown}))
        AND NOT EXISTS (SELECT 1 FROM orders o WHERE ${theOrder})
      ON CONFLICT (workspace_id, source, event) DO NOTHING`,
    sql`INSERT INTO orders (id, workspace_id, source, reference, campaign_id, holder_hash, held_at, amount, refunded,
        currency, items, paid_at, created_at, updated_at)
      SELECT f.id + g.n, ${workspace}, g.source, g.reference, coalesce(g.campaign, a.campaign_id),
        coalesce(g.holder, a.identity_hash), iif(coalesce(g.holder, a.identity_hash) IS NULL, NULL, ${now}),
        g.amount, min(g.amount, ${refundsOf(workspace, sql`g.source`, sql`g."key"`)}), g.currency, g.items, g.paid_at,
        ${now}, ${now}
      FROM (SELECT ${freshId(orders, id)} AS id) f CROSS JOIN ${rows} g CROSS JOIN receipts r ON ${theReceipt}
        LEFT JOIN applications a ON a.id = g.application AND a.workspace_id = ${workspace}
      WHERE ${isSame} ON CONFLICT (workspace_id, source, reference) DO NOTHING`,
    ...nudge(
      workspace,
      sql`SELECT o.holder_hash AS hash FROM ${rows} g CROSS JOIN orders o ON ${theOrder}
        WHERE o.holder_hash IS NOT NULL AND o.created_at = ${now}`,
      now,
    ),
    sql`SELECT json_array(r.id, ${isSame}, ${campaignKnown}, ${applicationKnown},
        (SELECT o.id FROM orders o WHERE ${theOrder}))
      FROM ${rows} g LEFT JOIN receipts r ON ${theReceipt} ORDER BY g.n`,
  ];
});

type Kept = [
  receipt: number | null,
  same: number | null,
  campaign: number,
  application: number,
  order: number | null,
];

const rowOf = (order: NewOrder) => [
  order.source,
  order.key,
  order.reference,
  order.campaignId && parseId("campaign", order.campaignId),
  order.applicationId && parseId("application", order.applicationId),
  order.holderHash,
  order.amount,
  order.currency,
  JSON.stringify(order.items),
  order.paidAt,
  order.digest,
  order.strict ? 1 : 0,
];

/**
 * Keeps orders: each with its receipt, the refunds that came before it, and a nudge to whoever waits for it. One
 * batch. An order that is there already stays as it is.
 * @returns what became of each, in their order, with the number of the order that stands under its reference
 */
export async function keepOrders(
  db: Db,
  tenant: Tenant,
  all: readonly NewOrder[],
  id: number,
  now: number,
): Promise<{ keeping: Keeping; order: number | null }[]> {
  const rows = JSON.stringify(all.map(rowOf));
  const results = await db.run("write", statements({ workspaceId: tenant.workspaceId, rows, id, now }));
  const last = Number(results[0]?.[0]?.[0]);
  const seen = new Set<number>();
  return jsonRows<Kept>(results.at(-1) as [string][]).map(
    ([receipt, same, campaign, application, order], n) => {
      if (receipt === null) {
        const strict = all[n]?.strict === true;
        if (strict && !campaign) return { keeping: "unknown_campaign", order };
        if (strict && !application) return { keeping: "unknown_application", order };
        return { keeping: "conflict", order };
      }
      if (!same) return { keeping: "conflict", order };
      const isNew = receipt > last && !seen.has(receipt);
      seen.add(receipt);
      return { keeping: isNew ? "created" : "unchanged", order };
    },
  );
}
