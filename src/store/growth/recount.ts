import { type SQL, sql } from "drizzle-orm";
import { SPAN_STRETCHES } from "../../domain/cycle.ts";
import { DAY_MS, QUARTER_MS, STAY_DAYS } from "../../domain/growth.ts";
import { type Happening, MEASURES, type Slice, SLICES } from "../../domain/growth-cells.ts";
import { isOut } from "../standing/terms.ts";

// Everything that is counted for growth figures, counted anew from people, ledger, scans and gates: what
// it costs grows with the campaign.

const quarter = (instant: string): string => `${instant} / ${QUARTER_MS}`;

/** The span of a time in milliseconds, in SQL: see `spanOf`. */
const spanIn = (ms: string): string =>
  `CASE ${SPAN_STRETCHES.map(
    ([below, divisor, add]) => `WHEN ${ms} / 1000 < ${below} THEN ${add} + ${ms} / 1000 / ${divisor}`,
  ).join(" ")} END`;

/** Whether participant `p` was out at an instant, by the entries of their coming, going and removal. */
const awayAt = (instant: string): string =>
  `(coalesce((SELECT l.kind = 'left' FROM ledger l WHERE l.participant_id = p.id AND l.kind IN ('left', 'returned')
      AND l.at >= p.joined_at AND l.at <= ${instant} ORDER BY l.at DESC, l.kind = 'left' DESC LIMIT 1), 0)
    OR coalesce((SELECT l.kind IN ('removed', 'released') FROM ledger l WHERE l.participant_id = p.id
      AND l.kind IN ('voided', 'removed', 'released', 'restored') AND l.at <= ${instant} ORDER BY l.at DESC, l.id DESC LIMIT 1), 0))`;

/** Bringing participant `p` counts: see `isCredited`. */
const CREDITED = sql`coalesce(p.standing, 'released') = 'released'`;

/** When participant `p` first had a confirmed seat. */
const CONFIRMED_AT = "coalesce(p.first_confirmed_at, p.seat_confirmed_at)";

/** `person`: a row for everybody in a campaign, with all that is counted of them. */
const personOf = (campaign: SQL, now: number): SQL => sql`
  leaver(id) AS MATERIALIZED (SELECT l.participant_id FROM ledger l
    WHERE l.campaign_id = ${campaign} AND l.kind IN ('left', 'removed', 'released')),
  children AS MATERIALIZED (SELECT p.inviter_id AS id, count(*) AS n FROM participants p
    WHERE p.campaign_id = ${campaign} AND p.inviter_id IS NOT NULL AND ${CREDITED} GROUP BY p.inviter_id),
  person AS MATERIALIZED (SELECT *, qualified AND left_at IS NULL AND standing IS NULL AS validated FROM (
    SELECT p.id, p.left_at, p.standing, p.depth + p.level_shift AS generation, iif(i.participant_id IS NULL, i.id, 0) AS via,
      ${sql.raw(quarter("p.joined_at"))} AS quarter, 1 AS people, ${sql.raw(CONFIRMED_AT)} IS NOT NULL AS confirmed,
      p.qualified_at IS NOT NULL OR coalesce(p.qualifies_at <= ${now}, 0) AS qualified,
      p.left_at IS NULL AND NOT ${isOut("p.standing")} AS present,
      ${sql.raw(
        STAY_DAYS.map(
          (days) => `iif(p.id IN leaver, ${awayAt(`p.joined_at + ${days * DAY_MS}`)}, 0) AS away${days}`,
        ).join(", "),
      )},
      coalesce(b.n, 0) AS brought, b.n IS NOT NULL AS inviters
    FROM participants p JOIN invites i ON i.id = coalesce(p.credited_via, p.invited_via)
      LEFT JOIN children b ON b.id = p.id
    WHERE p.campaign_id = ${campaign}))`;

/** `cells` of a slice: `(part, quarter, …measures)`, to stand behind `WITH RECURSIVE`. */
export function cellsOf(slice: Slice, campaign: SQL, now: number): SQL {
  const sums = sql.raw(MEASURES.map((measure) => `sum(${measure}) AS ${measure}`).join(", "));
  const by: Record<Slice, SQL> = {
    all: sql`SELECT 0 AS part, quarter, ${sums} FROM person GROUP BY quarter`,
    via: sql`SELECT via AS part, quarter, ${sums} FROM person GROUP BY via, quarter`,
    root: sql`SELECT tree.root AS part, quarter, ${sums} FROM tree JOIN person ON person.id = tree.id GROUP BY tree.root, quarter`,
    generation: sql`SELECT generation AS part, 0 AS quarter, ${sums} FROM person GROUP BY generation`,
  };
  const tree = sql`tree(id, root) AS (SELECT id, via FROM person WHERE generation = 0
    UNION ALL SELECT c.id, tree.root FROM tree JOIN participants c ON c.inviter_id = tree.id),`;
  return sql`${personOf(campaign, now)}, ${slice === "root" ? tree : sql``} cells AS MATERIALIZED (${by[slice]})`;
}

/** `cycles` of a slice: `(part, span, n)`, of friends who count and joined after their inviter of today. */
export function cyclesOf(slice: Extract<Slice, "all" | "generation">, campaign: SQL): SQL {
  const part = slice === "all" ? quarter("u.joined_at") : "u.depth + u.level_shift";
  return sql`cycles AS MATERIALIZED (SELECT ${sql.raw(part)} AS part, ${sql.raw(spanIn("(p.joined_at - u.joined_at)"))} AS span,
      count(*) AS n
    FROM participants p JOIN participants u ON u.id = p.inviter_id
    WHERE p.campaign_id = ${campaign} AND ${CREDITED} AND p.joined_at >= u.joined_at GROUP BY 1, 2)`;
}

/** `happened` of one kind: `(quarter, n)`. Only what changed something is a leave or a return. */
export function happenedOf(kind: Happening, campaign: SQL, now: number): SQL {
  const moved = (entry: string, from: string) => sql`SELECT at FROM (
      SELECT l.kind, l.at, lag(l.kind) OVER (PARTITION BY l.participant_id
        ORDER BY l.at, CASE l.kind WHEN 'joined' THEN 0 WHEN 'returned' THEN 1 ELSE 2 END) AS before
      FROM ledger l JOIN participants p ON p.id = l.participant_id
      WHERE l.campaign_id = ${campaign} AND l.kind IN ('joined', 'left', 'returned') AND l.at >= p.joined_at)
    WHERE kind = ${entry} AND ${sql.raw(from)}`;
  const instants: Record<Happening, SQL> = {
    confirmed: sql`SELECT ${sql.raw(CONFIRMED_AT)} AS at FROM participants p WHERE p.campaign_id = ${campaign}`,
    qualified: sql`SELECT coalesce(p.qualified_at, iif(p.qualifies_at <= ${now}, p.qualifies_at, NULL)) AS at
      FROM participants p WHERE p.campaign_id = ${campaign}`,
    leaves: moved("left", "before <> 'left'"),
    returns: moved("returned", "before = 'left'"),
  };
  return sql`happened AS MATERIALIZED (SELECT ${sql.raw(quarter("at"))} AS quarter, count(*) AS n
    FROM (${instants[kind]}) WHERE at IS NOT NULL GROUP BY 1)`;
}

/** `scanned`: `(part, quarter, n)`, people's visits by invite. */
export const scannedOf = (campaign: SQL): SQL =>
  sql`scanned AS MATERIALIZED (SELECT iif(i.participant_id IS NULL, i.id, 0) AS part, ${sql.raw(quarter("s.at"))} AS quarter,
      count(*) AS n
    FROM scans s JOIN invites i ON i.id = s.invite_id
    WHERE s.campaign_id = ${campaign} AND s.kind = 'person' GROUP BY 1, 2)`;

/** `gated`: `(quarter, people, passed)`, people by when they first stood at the gate, whatever its version. */
export const gatedOf = (campaign: SQL): SQL =>
  sql`gated AS MATERIALIZED (SELECT ${sql.raw(quarter("e.created_at"))} AS quarter, count(*) AS people,
      sum(EXISTS (SELECT 1 FROM evaluations o WHERE o.campaign_id = e.campaign_id AND o.identity_hash = e.identity_hash
        AND o.result = 'pass')) AS passed
    FROM evaluations e WHERE e.campaign_id = ${campaign} AND NOT EXISTS (SELECT 1 FROM evaluations o
      WHERE o.campaign_id = e.campaign_id AND o.identity_hash = e.identity_hash AND o.id < e.id) GROUP BY 1)`;

/** The number by which a slice is stored. */
export const sliceNumber = (slice: Slice): number => SLICES[slice];
