import { type SQL, sql } from "drizzle-orm";
import type { Spend } from "../../domain/criteria/types.ts";
import type { Slot } from "../prepared.ts";
import { accessCodes } from "../schema/campaigns.ts";
import { orders } from "../schema/orders.ts";
import type { Terms } from "./terms.ts";

/** The spends of a join as its statements bind them: the n-th one's own values. */
export type BoundSpends = Record<`spent${number}` | `limit${number}` | `period${number}`, string | number>;

/** One letter a spend, in their order: the text of the statements depends on nothing else. */
export const shapeOf = (spends: readonly Spend[]): string =>
  spends
    .map((spend) => ("accessCode" in spend ? "a" : "order" in spend ? (spend.fee ? "f" : "o") : "q"))
    .join("");

export function boundSpends(spends: readonly Spend[]): BoundSpends {
  const bound: BoundSpends = {};
  for (const [n, spend] of spends.entries()) {
    if ("accessCode" in spend) bound[`spent${n}`] = spend.accessCode;
    else if ("order" in spend) {
      bound[`spent${n}`] = spend.order;
      bound[`limit${n}`] = spend.atLeast;
    } else {
      bound[`spent${n}`] = spend.quota.key;
      bound[`period${n}`] = spend.quota.period;
      bound[`limit${n}`] = spend.quota.limit;
    }
  }
  return bound;
}

/** The guards of a join that uses something up, over campaign `c`, and the statements that do it. */
export function spending(slot: Slot<BoundSpends>, t: Terms, shape: string) {
  const each = shape.split("").map((letter, n) => {
    if (letter === "a") return ofCode(slot(`spent${n}`, accessCodes.id), t);
    if (letter === "q") return ofQuota(slot(`spent${n}`), slot(`period${n}`), slot(`limit${n}`), t);
    return ofOrder(slot(`spent${n}`, orders.id), slot(`limit${n}`), letter === "f", t);
  });
  return {
    guards: sql.join(
      each.map(({ guard }) => sql`AND ${guard}`),
      sql` `,
    ),
    /** `when` holds for the request that got in, or on the waitlist, just now. */
    effects: (when: SQL) => each.map(({ effect }) => effect(when)),
  };
}

const ofCode = (id: SQL, t: Terms) => ({
  guard: sql`EXISTS (SELECT 1 FROM access_codes a WHERE a.id = ${id} AND a.campaign_id = c.id
    AND a.revoked_at IS NULL AND a.uses < a.max_uses AND (a.expires_at IS NULL OR a.expires_at > ${t.now}))`,
  effect: (when: SQL) => sql`UPDATE access_codes SET uses = uses + 1 WHERE id = ${id} AND ${when}`,
});

/** An order is one person's for good, and the fee of one campaign; refunds since it was read leave enough of it. */
const ofOrder = (id: SQL, atLeast: SQL, fee: boolean, t: Terms) => ({
  guard: sql`EXISTS (SELECT 1 FROM orders o WHERE o.id = ${id} AND o.workspace_id = c.workspace_id
    AND (o.holder_hash IS NULL OR o.holder_hash = ${t.identityHash}) AND o.amount - o.refunded >= ${atLeast}
    ${fee ? sql`AND (o.campaign_id IS NULL OR o.campaign_id = c.id)` : sql``})`,
  effect: (
    when: SQL,
  ) => sql`UPDATE orders SET holder_hash = ${t.identityHash}, held_at = coalesce(held_at, ${t.now}),
      campaign_id = ${fee ? sql`${t.campaign}` : sql`campaign_id`}
    WHERE id = ${id} AND (holder_hash IS NULL OR holder_hash = ${t.identityHash}) AND ${when}`,
});

const ofQuota = (key: SQL, period: SQL, limit: SQL, t: Terms) => ({
  guard: sql`coalesce((SELECT q.used FROM quotas q WHERE q.campaign_id = c.id AND q.key = ${key}
    AND q.period = ${period}), 0) < ${limit}`,
  effect: (when: SQL) => sql`INSERT INTO quotas (workspace_id, campaign_id, key, period, used)
    SELECT ${t.workspace}, ${t.campaign}, ${key}, ${period}, 1 WHERE ${when}
    ON CONFLICT (campaign_id, key, period) DO UPDATE SET used = used + 1`,
});
