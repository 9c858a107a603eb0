import { type SQL, sql } from "drizzle-orm";
import { SPAN_STRETCHES } from "../../domain/cycle.ts";
import { DAY_MS, QUARTER_MS, STAY_DAYS } from "../../domain/growth.ts";
import { isOutText } from "../standing/terms.ts";
import { type Happening, type Mark, MARKS, type Slice } from "../../domain/growth-cells.ts";

// What is counted for growth figures, as SQL over participant `p`.

/** By what cycle times are counted. */
export type CycleSlice = Extract<Slice, "all" | "generation">;
/** By what visits are counted. */
export type ScanSlice = Extract<Slice, "all" | "via">;

/**
 * What figures are read from: tables to stand behind `WITH RECURSIVE`. `cells` is `(part, quarter, …measures)`,
 * `cycles` `(part, span, n)`, `happened` `(quarter, n)`, `scanned` `(part, quarter, n)`, `gated` `(quarter, people,
 * passed)`.
 */
export type Tables = {
  cells: (slice: Slice, campaign: SQL, now: number) => SQL;
  cycles: (slice: CycleSlice, campaign: SQL) => SQL;
  happened: (kind: Happening, campaign: SQL, now: number) => SQL;
  scanned: (slice: ScanSlice, campaign: SQL) => SQL;
  gated: (campaign: SQL) => SQL;
};

/** The quarter of an hour of an instant. */
export const quarterIn = (instant: string): string => `${instant} / ${QUARTER_MS}`;

/** The stretch of spans that seconds are in, found by halves. */
const searched = (seconds: string, stretches: typeof SPAN_STRETCHES): string => {
  const middle = stretches.length >> 1;
  const [, divisor, add] = stretches[0] ?? [0, 1, 0];
  if (middle === 0) return `${add} + ${seconds} / ${divisor}`;
  const [below] = stretches[middle - 1] ?? [0];
  return `iif(${seconds} < ${below}, ${searched(seconds, stretches.slice(0, middle))}, ${searched(seconds, stretches.slice(middle))})`;
};

/** The span of a column of seconds: see `spanOf`. */
export const spanIn = (seconds: string): string => searched(seconds, SPAN_STRETCHES);

/** When `p` first had a confirmed seat. */
export const CONFIRMED_AT = "coalesce(p.first_confirmed_at, p.seat_confirmed_at)";

/** Bringing `p` counts: see `isCredited`. */
export const CREDITED = "(coalesce(p.standing, 'released') = 'released')";

/** The number of the invite `i`; those of participants are 0 together. */
export const PART = "iif(i.participant_id IS NULL, i.id, 0)";

/** Whether `p` was out at an instant, by the entries of their coming, going and removal. */
const awayAt = (instant: string): string =>
  `(coalesce((SELECT l.kind = 'left' FROM ledger l WHERE l.participant_id = p.id AND l.kind IN ('left', 'returned')
      AND l.at >= p.joined_at AND l.at <= ${instant} ORDER BY l.at DESC, l.kind = 'left' DESC LIMIT 1), 0)
    OR coalesce((SELECT l.kind IN ('removed', 'released') FROM ledger l WHERE l.participant_id = p.id
      AND l.kind IN ('voided', 'removed', 'released', 'restored') AND l.at <= ${instant} ORDER BY l.at DESC, l.id DESC LIMIT 1), 0))`;

const AWAY = STAY_DAYS.map((days) => `away${days}` as const);

/** Whether `p` was out so many days after their join, by mark. */
export const awayAfter = STAY_DAYS.map(
  (days, i) => [AWAY[i] as (typeof AWAY)[number], awayAt(`p.joined_at + ${days * DAY_MS}`)] as const,
);

const holds: Partial<Record<Mark, string>> = {
  confirmed: `${CONFIRMED_AT} IS NOT NULL`,
  qualified: "p.qualified_at IS NOT NULL",
  validated: "(p.qualified_at IS NOT NULL AND p.left_at IS NULL AND p.standing IS NULL)",
  present: `(p.left_at IS NULL AND NOT ${isOutText("p.standing")})`,
  credited: CREDITED,
};
const OF_NOW = Object.entries(holds).map(([mark, condition]) => `${MARKS[mark as Mark]} * (${condition})`);
const OF_DAYS = awayAfter.map(([mark, condition]) => `${MARKS[mark]} * ${condition}`);
const DAYS = AWAY.reduce((sum, mark) => sum + MARKS[mark], 0);

/** All that holds of `p`: see `MARKS`. On which days they were out is looked up where `isNews`, else as it `was`. */
export const marksNow = (isNews: string, was: string): string =>
  `(${OF_NOW.join(" + ")} + iif(${isNews}, ${OF_DAYS.join(" + ")}, coalesce(${was}, 0) & ${DAYS}))`;

/** Whether a mark is set in a number of them: 1 or 0. */
export const isMarked = (mark: Mark, marks: string): string => `((${marks} & ${MARKS[mark]}) <> 0)`;

/** `(kind, at, before)` of the comings and goings `l` that `which` picks: each with what was told before it. */
export const movements = (which: SQL): SQL =>
  sql`SELECT l.kind, l.at, lag(l.kind) OVER (PARTITION BY l.participant_id
      ORDER BY l.at, CASE l.kind WHEN 'joined' THEN 0 WHEN 'returned' THEN 1 ELSE 2 END) AS before FROM ${which}`;
