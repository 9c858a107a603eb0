import { type SQL, sql } from "drizzle-orm";
import type { Strategy } from "../domain/allocation.ts";
import { openGroups } from "./arrival.ts";

/** The order in which open groups `g` are filled. A weight of 0 is taken when nothing else is open. */
const ORDERS: Record<Strategy, SQL> = {
  in_order: sql`g.priority, g.id`,
  least_filled: sql`CAST(g.used AS REAL) / g.capacity, g.priority, g.id`,
  weighted: sql`g.weight = 0, (g.used + 1.0) / max(g.weight, 1), g.priority, g.id`,
};

/** The open group of campaign `c` that the next person is sent to, or NULL. */
export const nextGroup = (strategy: Strategy, now: number): SQL =>
  sql`(SELECT g.id FROM ${openGroups(now)} ORDER BY ${ORDERS[strategy]} LIMIT 1)`;

/** The columns of a seat, in the order of `seatValues`. */
export const SEAT_COLUMNS = sql`group_id, seat_state, seat_until, seat_confirmed_at, confirmation_source`;
