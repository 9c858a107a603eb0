import { type SQL, sql } from "drizzle-orm";
import { HAPPENINGS, MARKS, type Measure, MEASURES, SLICES } from "../../domain/growth-cells.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { countedTo, gateCells, scanCells } from "../growth/arrivals.ts";
import { personOf, treeOf } from "../growth/recount.ts";
import { CONFIRMED_AT, CREDITED, isMarked, movements, PART, quarterIn, spanIn } from "../growth/terms.ts";
import type { Collector, What } from "./difference.ts";

/** Differences that one comparison names at the most. */
const MOST = 10_000;

const upto = (campaign: number): SQL =>
  sql`coalesce((SELECT f.upto FROM growth_folds f WHERE f.campaign_id = ${campaign}), 0)`;
const nameOf = (names: Record<string, number>, column: string): string =>
  `CASE ${column} ${Object.entries(names)
    .map(([name, n]) => `WHEN ${n} THEN '${name}'`)
    .join(" ")} END`;

/** `(cell, n)` of the sums that are stored, and of those that what is counted of each person gives. */
type Compared = { what: What; stored: SQL; derived: SQL };

/** One row for each measure of a cell. */
const measured = (rows: SQL): SQL =>
  sql`SELECT ${sql.raw(nameOf(SLICES, "slice"))} || ' ' || part || ', quarter ' || quarter || ', ' || m.value AS cell,
      CASE m.value ${sql.raw(MEASURES.map((name) => `WHEN '${name}' THEN k.${name}`).join(" "))} END AS n
    FROM (${rows}) k CROSS JOIN json_each(${JSON.stringify(MEASURES)}) m`;

/** Whom people brought is not counted by source. */
const sumOf = (measure: Measure, isSource: boolean): string => {
  const isBrought = measure === "brought" || measure === "inviters";
  return `${isBrought && isSource ? "0" : `sum(${measure})`} AS ${measure}`;
};
const sums = (isSource: boolean) => sql.raw(MEASURES.map((one) => sumOf(one, isSource)).join(", "));
const each = (measure: Measure): string => {
  if (measure === "people") return "count(*)";
  if (measure === "brought") return "sum(g.brought)";
  return measure === "inviters" ? "sum(g.brought > 0)" : `sum(${isMarked(measure, "g.marks")})`;
};

const cellsOf = (campaign: number): Compared => ({
  what: "count of people",
  stored: measured(sql`SELECT * FROM growth_cells WHERE campaign_id = ${campaign}`),
  derived: measured(sql`WITH q AS MATERIALIZED (
      SELECT ${sql.raw(quarterIn("p.joined_at"))} AS quarter, ${sql.raw(PART)} AS via, g.root, g.generation,
        ${sql.raw(MEASURES.map((one) => `${each(one)} AS ${one}`).join(", "))}
      FROM participants p CROSS JOIN growth_people g ON g.participant_id = p.id
        JOIN invites i ON i.id = coalesce(p.credited_via, p.invited_via)
      WHERE p.campaign_id = ${campaign} GROUP BY 1, 2, 3, 4)
    SELECT ${SLICES.all} AS slice, 0 AS part, quarter, ${sums(false)} FROM q GROUP BY quarter
    UNION ALL SELECT ${SLICES.via}, via, quarter, ${sums(true)} FROM q GROUP BY via, quarter
    UNION ALL SELECT ${SLICES.root}, root, quarter, ${sums(true)} FROM q GROUP BY root, quarter
    UNION ALL SELECT ${SLICES.generation}, generation, 0, ${sums(false)} FROM q GROUP BY generation`),
});

const cyclesOf = (campaign: number): Compared => {
  const named = (rows: SQL) =>
    sql`SELECT ${sql.raw(nameOf(SLICES, "slice"))} || ' ' || part || ', span ' || span AS cell, n FROM (${rows})`;
  return {
    what: "count of cycles",
    stored: named(sql`SELECT slice, part, span, n FROM growth_cycles WHERE campaign_id = ${campaign}`),
    derived:
      named(sql`WITH y AS MATERIALIZED (SELECT ${sql.raw(quarterIn("u.joined_at"))} AS quarter, g.generation - 1 AS level,
          ${sql.raw(spanIn("((p.joined_at - u.joined_at) / 1000)"))} AS span, count(*) AS n
        FROM participants p CROSS JOIN growth_people g ON g.participant_id = p.id
          CROSS JOIN participants u ON u.id = g.inviter_id
        WHERE p.campaign_id = ${campaign} AND ${sql.raw(isMarked("credited", "g.marks"))} AND p.joined_at >= u.joined_at
        GROUP BY 1, 2, 3)
      SELECT ${SLICES.all} AS slice, quarter AS part, span, sum(n) AS n FROM y GROUP BY quarter, span
      UNION ALL SELECT ${SLICES.generation}, level, span, sum(n) FROM y GROUP BY level, span`),
  };
};

const eventsOf = (campaign: number): Compared => {
  const named = (rows: SQL) =>
    sql`SELECT ${sql.raw(nameOf(HAPPENINGS, "kind"))} || ', quarter ' || quarter AS cell, n FROM (${rows})`;
  const people = sql`participants p CROSS JOIN growth_people g ON g.participant_id = p.id WHERE p.campaign_id = ${campaign}`;
  return {
    what: "count of events",
    stored: named(sql`SELECT kind, quarter, n FROM growth_happened WHERE campaign_id = ${campaign}`),
    derived: named(sql`SELECT kind, quarter, count(*) AS n FROM (
      SELECT ${HAPPENINGS.confirmed} AS kind, ${sql.raw(quarterIn(CONFIRMED_AT))} AS quarter
        FROM ${people} AND ${sql.raw(isMarked("confirmed", "g.marks"))}
      UNION ALL SELECT ${HAPPENINGS.qualified}, g.qualified FROM ${people} AND g.qualified IS NOT NULL
      UNION ALL SELECT iif(kind = 'left', ${HAPPENINGS.leaves}, ${HAPPENINGS.returns}), ${sql.raw(quarterIn("at"))}
        FROM (${movements(sql`ledger l JOIN participants p ON p.id = l.participant_id
          WHERE l.campaign_id = ${campaign} AND l.kind IN ('joined', 'left', 'returned') AND l.at >= p.joined_at
            AND l.id <= ${upto(campaign)}`)})
        WHERE (kind = 'left') <> (before = 'left')) GROUP BY kind, quarter`),
  };
};

const visitsOf = (campaign: number): Compared => {
  const named = (rows: SQL) =>
    sql`SELECT 'source ' || part || ', quarter ' || quarter AS cell, n FROM (${rows})`;
  return {
    what: "count of visits",
    stored: named(sql`SELECT part, quarter, n FROM growth_scans WHERE campaign_id = ${campaign}`),
    derived: named(
      scanCells(sql`CROSS JOIN invites i ON i.id = s.invite_id
        WHERE s.campaign_id = ${campaign} AND s.id <= ${countedTo("scans")}`),
    ),
  };
};

const gatesOf = (campaign: number): Compared => {
  const named = (
    rows: SQL,
  ) => sql`SELECT m.value || ', quarter ' || quarter AS cell, iif(m.value = 'passed', passed, people) AS n
    FROM (${rows}) CROSS JOIN json_each('["people","passed"]') m`;
  return {
    what: "count of the gate",
    stored: named(sql`SELECT quarter, people, passed FROM growth_gates WHERE campaign_id = ${campaign}`),
    derived: named(
      sql`SELECT quarter, people, passed FROM (${gateCells(sql``, sql`0`, countedTo("evaluations"))})
        WHERE campaign_id = ${campaign}`,
    ),
  };
};

const COUNTED: readonly What[] = [
  ...(["counted inviter", "counted generation", "counted root"] as const),
  ...(["counted marks", "counted friends", "counted quarter"] as const),
];

const MARKED = Object.entries(MARKS)
  .map(([mark, bit]) => `${bit} * ${mark === "credited" ? CREDITED.replace("p.", "t.") : `t.${mark}`}`)
  .join(" + ");

/**
 * Whoever has nothing pending must be counted as they are today. Where something of the campaign is pending,
 * only what follows from their own entries is compared.
 */
const peopleOf = (campaign: number): SQL => {
  const id = sql`${campaign}`;
  const own = (derived: string, stored: string) => `iif(still.yes, ${derived}, g.${stored})`;
  const derived =
    sql.raw(`json_array(${own("t.inviter_id", "inviter_id")}, ${own("t.generation", "generation")},
    ${own("tree.root", "root")}, ${MARKED}, ${own("t.brought", "brought")}, ${quarterIn("t.qualified_at")})`);
  return sql`WITH RECURSIVE ${personOf(id, 0)}, ${treeOf},
      behind(id) AS MATERIALIZED (SELECT l.participant_id FROM ledger l WHERE l.campaign_id = ${id} AND l.id > ${upto(campaign)}
        UNION SELECT participant_id FROM growth_touches WHERE campaign_id = ${id}),
      still(yes) AS MATERIALIZED (SELECT NOT EXISTS (SELECT 1 FROM behind)),
      told AS (SELECT t.id, json_array(g.inviter_id, g.generation, g.root, g.marks, g.brought, g.qualified) AS stored,
          ${derived} AS derived
        FROM growth_folds f CROSS JOIN still CROSS JOIN person t LEFT JOIN tree ON tree.id = t.id
          LEFT JOIN growth_people g ON g.participant_id = t.id
        WHERE f.campaign_id = ${id} AND t.id NOT IN behind)
    SELECT json_array(id, json(stored), json(derived)) FROM told WHERE stored <> derived LIMIT ${MOST}`;
};

/**
 * Compares what growth figures are read from with people, ledger, scans and gates: what is counted of each person
 * with the person, and the sums with what is counted of each. What is pending is no difference. One read.
 */
export async function checkFigures(db: Db, campaign: number, found: Collector): Promise<void> {
  const compared = [cellsOf, cyclesOf, eventsOf, visitsOf, gatesOf].map((of) => of(campaign));
  const results = await db.read([
    jsonQuery(db, sql`SELECT json_array(f.clearing) FROM growth_folds f WHERE f.campaign_id = ${campaign}`),
    jsonQuery(db, peopleOf(campaign)),
    ...compared.map(({ stored, derived }) =>
      jsonQuery(
        db,
        sql`SELECT json_array(cell, sum(stored), sum(derived)) FROM (
            SELECT cell, n AS stored, 0 AS derived FROM (${stored}) UNION ALL SELECT cell, 0, n FROM (${derived}))
          GROUP BY cell HAVING sum(stored) <> sum(derived) LIMIT ${MOST}`,
      ),
    ),
  ]);
  const [folds, people, ...cells] = results as readonly (readonly [string][])[];
  const [[clearing] = [0]] = jsonRows<[number]>(folds ?? []);
  // While everything is taken away nothing can be compared.
  found.compare("half cleared counts", campaign, campaign, clearing, 0);
  if (clearing === 1) return;
  type Values = (number | null)[];
  for (const [id, stored, derived] of jsonRows<[number, Values, Values]>(people ?? []))
    for (const [i, what] of COUNTED.entries())
      found.compare(what, id, campaign, stored[i] ?? null, derived[i] ?? null);
  for (const [i, { what }] of compared.entries())
    for (const [cell, stored, derived] of jsonRows<[string, number, number]>(cells[i] ?? []))
      found.compare(what, campaign, campaign, stored, derived, { cell });
}
