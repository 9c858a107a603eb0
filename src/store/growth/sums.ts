import { type SQL, sql } from "drizzle-orm";
import { HAPPENINGS, type Measure, MEASURES, type Slice, SLICES } from "../../domain/growth-cells.ts";
import type { Db } from "../db.ts";
import { CREDIT, WAS_CREDIT } from "./step.ts";
import { isMarked, movements, quarterIn, spanIn } from "./terms.ts";

const QUARTER = quarterIn("s.joined_at");
const stays = (column: string) => `s.${column} IS coalesce(s.was_${column}, s.${column})`;
/** Of whom more changed than whom they brought. */
const TOUCHED = "s.marks IS NOT s.was_marks";
const BROUGHT = "s.brought - coalesce(s.was_brought, 0)";
const INVITES = "(s.brought > 0) - (coalesce(s.was_brought, 0) > 0)";

/** Rows that come to a cell, or leave it: the marks that they had there and have, and whom they brought. */
const arm = (
  [part, quarter]: readonly [part: string, quarter: string],
  [before, now]: readonly [before: string, now: string],
  [brought, inviters]: readonly [brought: string, inviters: string],
  where: string,
): string =>
  `SELECT ${part} AS part, ${quarter} AS quarter, ${before} AS before, ${now} AS now,
    ${brought} AS brought, ${inviters} AS inviters FROM growth_step s WHERE ${where}`;

const SAME = ["s.was_marks", "s.marks"] as const;
const COMES = ["NULL", "s.marks"] as const;
const GOES = ["s.was_marks", "NULL"] as const;
/** Whom people brought is told by cohort and generation, not by source. */
const NOTHING = ["0", "0"] as const;
const MORE = [BROUGHT, INVITES] as const;
const CHANGED = `(${TOUCHED} OR s.brought IS NOT s.was_brought)`;

/** Where somebody stands in another cell than before, they leave the old one. */
const ARMS: Record<Slice, string[]> = {
  all: [arm(["0", QUARTER], SAME, MORE, CHANGED)],
  via: [arm(["s.via", QUARTER], SAME, NOTHING, TOUCHED)],
  root: [
    arm(["s.root", QUARTER], SAME, NOTHING, `${TOUCHED} AND ${stays("root")}`),
    arm(["s.root", QUARTER], COMES, NOTHING, `NOT ${stays("root")}`),
    arm(["s.was_root", QUARTER], GOES, NOTHING, `NOT ${stays("root")}`),
  ],
  generation: [
    arm(["s.generation", "0"], SAME, MORE, `${CHANGED} AND ${stays("generation")}`),
    arm(["s.generation", "0"], COMES, ["s.brought", "(s.brought > 0)"], `NOT ${stays("generation")}`),
    arm(
      ["s.was_generation", "0"],
      GOES,
      ["-s.was_brought", "-(s.was_brought > 0)"],
      `NOT ${stays("generation")}`,
    ),
  ],
};

/** What comes to a measure of a cell, over rows of the same marks `n` times. */
const sumOf = (measure: Measure): string => {
  if (measure === "brought" || measure === "inviters") return `sum(${measure})`;
  if (measure === "people") return "sum(n * ((now IS NOT NULL) - (before IS NOT NULL)))";
  return `sum(n * (${isMarked(measure, "coalesce(now, 0)")} - ${isMarked(measure, "coalesce(before, 0)")}))`;
};

const addCells = (db: Db, campaign: SQL, slice: Slice) =>
  db.q.run(sql`INSERT INTO growth_cells (campaign_id, slice, part, quarter, ${sql.raw(MEASURES.join(", "))})
    SELECT ${campaign}, ${SLICES[slice]}, part, quarter, ${sql.raw(MEASURES.map(sumOf).join(", "))} FROM (
      SELECT part, quarter, before, now, count(*) AS n, sum(brought) AS brought, sum(inviters) AS inviters
      FROM (${sql.raw(ARMS[slice].join(" UNION ALL "))}) GROUP BY part, quarter, before, now)
    WHERE true GROUP BY part, quarter
    ON CONFLICT (campaign_id, slice, part, quarter) DO UPDATE SET
      ${sql.raw(MEASURES.map((measure) => `${measure} = ${measure} + excluded.${measure}`).join(", "))}`);

/**
 * Leaves and returns that changed something, of those who have news of them: by all entries up to `end`.
 * Taken off for what was counted before, and added for what is to be.
 */
const moves = (campaign: SQL, end: string, sign: number): SQL =>
  sql`SELECT iif(kind = 'left', ${HAPPENINGS.leaves}, ${HAPPENINGS.returns}) AS kind, at, ${sign} AS n FROM (
      ${movements(sql`(SELECT DISTINCT e.participant_id AS id FROM growth_folds f CROSS JOIN ledger e
          WHERE f.campaign_id = ${campaign} AND e.campaign_id = ${campaign} AND e.id > f.upto AND e.id <= f.target
            AND e.kind IN ('left', 'returned')) t
        CROSS JOIN growth_step p ON p.participant_id = t.id
        CROSS JOIN ledger l ON l.participant_id = t.id AND l.kind IN ('joined', 'left', 'returned') AND l.at >= p.joined_at
          AND l.id <= (SELECT f.${sql.raw(end)} FROM growth_folds f WHERE f.campaign_id = ${campaign})`)})
    WHERE (kind = 'left') <> (before = 'left')`;

const addHappened = (db: Db, campaign: SQL) =>
  db.q.run(sql`INSERT INTO growth_happened (campaign_id, kind, quarter, n)
    SELECT ${campaign}, kind, quarter, sum(n) FROM (
      SELECT ${HAPPENINGS.confirmed} AS kind, s.confirmed AS quarter, 1 AS n FROM growth_step s
        WHERE s.confirmed IS NOT NULL AND coalesce(NOT ${sql.raw(isMarked("confirmed", "s.was_marks"))}, 1)
      UNION ALL SELECT ${HAPPENINGS.qualified}, s.qualified, 1 FROM growth_step s
        WHERE s.qualified IS NOT NULL AND s.qualified IS NOT s.was_qualified
      UNION ALL SELECT ${HAPPENINGS.qualified}, s.was_qualified, -1 FROM growth_step s
        WHERE s.was_qualified IS NOT NULL AND s.qualified IS NOT s.was_qualified
      UNION ALL SELECT kind, ${sql.raw(quarterIn("at"))}, n FROM (${moves(campaign, "target", 1)}
        UNION ALL ${moves(campaign, "upto", -1)}))
    GROUP BY kind, quarter HAVING sum(n) <> 0
    ON CONFLICT (campaign_id, kind, quarter) DO UPDATE SET n = n + excluded.n`);

/** Friends who came to count, or count no more, or stand in another generation: with how long they took, in seconds. */
const cyclesDelta = (credit: string, level: string, n: number): string =>
  `SELECT ${quarterIn("u.joined_at")} AS quarter, ${level} - 1 AS level, ${n} AS n, (s.joined_at - u.joined_at) / 1000 AS seconds
    FROM growth_step s CROSS JOIN participants u ON u.id = ${credit}
    WHERE (${CREDIT} IS NOT ${WAS_CREDIT} OR s.generation IS NOT s.was_generation) AND s.joined_at >= u.joined_at`;

const addCycles = (db: Db, campaign: SQL) =>
  db.q.run(sql`INSERT INTO growth_cycles (campaign_id, slice, part, span, n)
    WITH k AS MATERIALIZED (${sql.raw(cyclesDelta(CREDIT, "s.generation", 1))}
      UNION ALL ${sql.raw(cyclesDelta(WAS_CREDIT, "s.was_generation", -1))}),
    y AS MATERIALIZED (SELECT quarter, level, n, ${sql.raw(spanIn("seconds"))} AS span FROM k)
    SELECT ${campaign}, ${SLICES.all}, quarter, span, sum(n) FROM y GROUP BY quarter, span HAVING sum(n) <> 0
    UNION ALL SELECT ${campaign}, ${SLICES.generation}, level, span, sum(n) FROM y GROUP BY level, span HAVING sum(n) <> 0
    ON CONFLICT (campaign_id, slice, part, span) DO UPDATE SET n = n + excluded.n`);

/** The statements that add to a campaign's sums what changed of the step's people. */
export const addSums = (db: Db, campaign: SQL) => [
  ...(Object.keys(SLICES) as Slice[]).map((slice) => addCells(db, campaign, slice)),
  addHappened(db, campaign),
  addCycles(db, campaign),
];
