import { type SQL, sql } from "drizzle-orm";
import { type Id } from "../domain/id.ts";
import type { ReceiptEffect } from "../domain/order.ts";
import { nudge } from "./applications.ts";
import { type Db, freshId } from "./db.ts";
import { perShape, prepared, type Slot } from "./prepared.ts";
import { orders, receipts } from "./schema/orders.ts";
import { workspaces } from "./schema/tenancy.ts";
import type { Tenant } from "./tenant.ts";

/**
 * What was given back of an order, by all receipts under its key: refunds that were told one by one, and the
 * highest sum that the source told itself. So it does not matter in which order they come, or how often.
 */
export const refundsOf = (workspace: SQL, source: SQL, key: SQL): SQL =>
  sql`coalesce((SELECT sum(iif(x.effect = 'refunded', x.amount, 0)) + max(iif(x.effect = 'refundedTo', x.amount, 0))
    FROM receipts x WHERE x.workspace_id = ${workspace} AND x.source = ${source} AND x.order_reference = ${key}
      AND x.effect IN ('refunded', 'refundedTo')), 0)`;

/** Something that a source tells and that makes no order. */
export type NewReceipt = {
  event: string;
  effect: Exclude<ReceiptEffect, "paid">;
  amount: number | null;
  digest: string;
};

/** `created`: told for the first time; `conflict`: something else was told under the same event. */
export type Telling = "created" | "unchanged" | "conflict" | "too_much";

type Bound = NewReceipt & {
  workspaceId: Id;
  /** Of the order, where the source names it by its own; else null. */
  source: string | null;
  key: string | null;
  order: Id | null;
  id: number;
  now: number;
};

/** What all of these do. `byOrder`: for an order that is there, and no more than is left of it. */
const statements = perShape((byOrder: boolean) =>
  prepared<Bound>((slot) => (byOrder ? ofOrder(slot) : ofSource(slot))),
);

const common = (slot: Slot<Bound>, named: { source: SQL; key: SQL; which: SQL; from: SQL; may: SQL }) => {
  const workspace = slot("workspaceId", workspaces.id);
  const now = slot("now");
  const { source, key, which, from, may } = named;
  const given = refundsOf(workspace, sql`o.source`, key);
  return [
    sql`SELECT coalesce(max(id), 0) FROM receipts`,
    sql`INSERT INTO receipts (id, workspace_id, source, event, effect, order_reference, digest, amount, at)
      SELECT ${freshId(receipts, slot("id"))}, ${workspace}, ${source}, ${slot("event")}, ${slot("effect")}, ${key},
        ${slot("digest")}, ${slot("amount")}, ${now} ${from} WHERE ${may}
      ON CONFLICT (workspace_id, source, event) DO NOTHING`,
    sql`UPDATE orders AS o SET refunded = min(o.amount, ${given}), updated_at = ${now}
      WHERE ${which} AND o.refunded < min(o.amount, ${given})`,
    ...nudge(
      workspace,
      sql`SELECT o.holder_hash AS hash FROM orders o WHERE ${which} AND o.holder_hash IS NOT NULL
        AND o.updated_at = ${now}`,
      now,
    ),
    sql`SELECT r.id, r.digest = ${slot("digest")} AS same FROM receipts r WHERE r.workspace_id = ${workspace}
      AND r.source = ${byName(source, from)} AND r.event = ${slot("event")}`,
  ];
};

/** A value that is a column of the order `o`, outside of the statement that reads it. */
const byName = (source: SQL, from: SQL): SQL => sql`(SELECT ${source} ${from})`;

/** By a source's own key; the order itself may be still to come. */
function ofSource(slot: Slot<Bound>): SQL[] {
  const workspace = slot("workspaceId", workspaces.id);
  const [source, key] = [sql`${slot("source")}`, sql`${slot("key")}`];
  const which = sql`o.workspace_id = ${workspace} AND o.source = ${source} AND o.reference = (SELECT p.order_reference
    FROM receipts p WHERE p.workspace_id = ${workspace} AND p.source = ${source} AND p.event = 'paid:' || ${key})`;
  return common(slot, { source, key, which, from: sql``, may: sql`true` });
}

/** By the order. Its key is in the receipt of its payment. */
function ofOrder(slot: Slot<Bound>): SQL[] {
  const which = sql`o.id = ${slot("order", orders.id)} AND o.workspace_id = ${slot("workspaceId", workspaces.id)}`;
  const key = sql`(SELECT substr(p.event, 6) FROM receipts p WHERE p.workspace_id = o.workspace_id
    AND p.source = o.source AND p.order_reference = o.reference AND p.effect = 'paid')`;
  const left = sql`(${slot("effect")} = 'refundedTo' OR o.refunded + ${slot("amount")} <= o.amount)`;
  const from = sql`FROM orders o WHERE ${which}`;
  return common(slot, {
    source: sql`o.source`,
    key,
    which,
    from: sql`FROM (SELECT * ${from}) o`,
    may: sql`o.refunded < o.amount AND ${left}`,
  });
}

function tellingOf(results: readonly unknown[][][], missing: Telling): Telling {
  const [row] = results.at(-1) ?? [];
  if (row === undefined) return missing;
  if (Number(row[1]) === 0) return "conflict";
  return Number(row[0]) > Number(results[0]?.[0]?.[0]) ? "created" : "unchanged";
}

/** What a source told of one of its orders, which may be still to come; or of nothing that matters. One batch. */
export async function keepReceipt(
  db: Db,
  workspaceId: Id,
  of: { source: string; key: string | null },
  receipt: NewReceipt,
  id: number,
  now: number,
): Promise<Telling> {
  const bound = { ...receipt, ...of, workspaceId, order: null, id, now };
  return tellingOf(await db.run("write", statements(false)(bound)), "unchanged");
}

/** Gives an order back, in part or whole. One batch; `too_much` where so much is not left of it. */
export async function refundOrder(
  db: Db,
  { workspaceId }: Tenant,
  order: Id,
  receipt: NewReceipt,
  id: number,
  now: number,
): Promise<Telling> {
  const bound = { ...receipt, workspaceId, source: null, key: null, order, id, now };
  return tellingOf(await db.run("write", statements(true)(bound)), "too_much");
}
