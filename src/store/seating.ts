import { type SQL, sql } from "drizzle-orm";
import type { Strategy } from "../domain/allocation.ts";
import { openGroups } from "./arrival.ts";

/** The order in which the seats of open groups `g` are given, each when `used` seats of its group are taken. */
const seatOrder = (strategy: Strategy, used: SQL): SQL =>
  ({
    in_order: sql`g.priority, g.id`,
    least_filled: sql`CAST(${used} AS REAL) / g.capacity, g.priority, g.id`,
    // Half a seat more, as Sainte-Laguë counts: a whole one lets heavy groups run ahead of many light
    // ones. A weight of 0 is taken when nothing else is open.
    weighted: sql`g.weight = 0, (${used} + 0.5) / max(g.weight, 1), g.priority, g.id`,
  })[strategy];

/** The open group of campaign `c` that the next person is sent to, or NULL. */
export const nextGroup = (strategy: Strategy, now: number | SQL): SQL =>
  sql`(SELECT g.id FROM ${openGroups(now)} ORDER BY ${seatOrder(strategy, sql`g.used`)} LIMIT 1)`;

/**
 * `(group_id, n)`: the first `count` free seats of campaign `c`, numbered in the order in which one
 * person after the other would get them. In every strategy a group's next seat comes after its last
 * one, so sorting all of them gives what choosing one at a time gives.
 */
export const nextSeats = (strategy: Strategy, campaign: SQL, count: SQL, now: number | SQL): SQL =>
  strategy === "in_order" ? seatsInOrder(campaign, count, now) : seatsByTurns(strategy, campaign, count, now);

/** Group after group: which one the n-th seat is in follows from how many are free before it. */
const seatsInOrder = (campaign: SQL, count: SQL, now: number | SQL): SQL =>
  sql`WITH RECURSIVE open(group_id, above, upto) AS MATERIALIZED (
      SELECT group_id, upto - free, upto FROM (SELECT g.id AS group_id, g.capacity - g.used AS free,
          sum(g.capacity - g.used) OVER (ORDER BY g.priority, g.id) AS upto
        FROM campaigns c JOIN ${openGroups(now)} AND c.id = ${campaign}) WHERE upto - free < (${count})),
    nth(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM nth WHERE n < (${count}))
    SELECT group_id, n FROM nth CROSS JOIN open WHERE n > above AND n <= upto`;

const seatsByTurns = (strategy: Strategy, campaign: SQL, count: SQL, now: number | SQL): SQL =>
  sql`WITH RECURSIVE open(group_id, taken, capacity, priority, weight) AS (
      SELECT g.id, g.used, g.capacity, g.priority, g.weight
      FROM campaigns c JOIN ${openGroups(now)} AND c.id = ${campaign}),
    seat(id, used, nth, capacity, priority, weight) AS (
      SELECT group_id, taken, 1, capacity, priority, weight FROM open
      UNION ALL SELECT id, used + 1, nth + 1, capacity, priority, weight FROM seat
        WHERE used + 1 < capacity AND nth < (${count}))
    SELECT g.id AS group_id, row_number() OVER (ORDER BY ${seatOrder(strategy, sql`g.used`)}, g.used) AS n
    FROM seat g ORDER BY n LIMIT (${count})`;

/** The columns of a seat, in the order of `NewSeat` behind the group's id. */
export const SEAT_COLUMNS = sql`group_id, seat_state, seat_until, seat_confirmed_at, confirmation_source`;

/** Nobody waits for a seat of campaign `c`: whoever waits is not overtaken. */
export const NOBODY_WAITS = sql`NOT EXISTS (SELECT 1 FROM waitlist w WHERE w.campaign_id = c.id AND w.promoted_at IS NULL)`;

/** Nobody waits for a seat of campaign `c` longer than participant `p`, who may wait themselves. */
export const NOBODY_BEFORE = sql`NOT EXISTS (SELECT 1 FROM waitlist w WHERE w.campaign_id = c.id AND w.promoted_at IS NULL
    AND w.id < coalesce((SELECT o.id FROM waitlist o WHERE o.campaign_id = p.campaign_id AND o.member_id = p.member_id
      AND o.promoted_at IS NULL), 9007199254740991))`;

/**
 * Whether participant `p` has no seat, or one that is none any more: the reservation ran out, the
 * group was closed, or its link has expired.
 */
export const seatIsDead = (now: number | SQL): SQL =>
  sql`(p.seat_state IS NULL OR (p.seat_state = 'reserved' AND p.seat_until <= ${now})
    OR EXISTS (SELECT 1 FROM groups dead WHERE dead.id = p.group_id
      AND (dead.state = 'closed' OR (dead.expires_at IS NOT NULL AND dead.expires_at <= ${now}))))`;
