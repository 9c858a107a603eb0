import { type SQL, sql } from "drizzle-orm";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { PART, quarterIn } from "./terms.ts";

// Visits and people at gates are counted for all tenants together, in the order of their rows.

/** The part under which all visits of a campaign are counted. */
export const ALL_PARTS = sql.raw("-1");

type Tail = "scans" | "evaluations";

export const countedTo = (name: Tail): SQL => sql`(SELECT t.upto FROM growth_tails t WHERE t.name = ${name})`;
const target = (name: Tail): SQL => sql`(SELECT t.target FROM growth_tails t WHERE t.name = ${name})`;

/** `(campaign_id, part, quarter, n)` of people's visits in rows `s`. */
const scansOf = (rows: SQL): SQL =>
  sql`SELECT s.campaign_id, ${sql.raw(PART)} AS part, ${sql.raw(quarterIn("s.at"))} AS quarter, count(*) AS n
    FROM scans s ${rows} AND s.kind = 'person' GROUP BY 1, 2, 3`;

/** The same, under the part of the invite and under that of all. */
export const scanCells = (rows: SQL): SQL =>
  sql`SELECT campaign_id, iif(d.value, part, ${ALL_PARTS}) AS part, quarter, sum(k.n) AS n
    FROM (${scansOf(rows)}) k CROSS JOIN json_each('[0,1]') d GROUP BY 1, 2, 3`;

/** Rows of the person behind evaluation `e`. */
const THEIRS = "o.campaign_id = e.campaign_id AND o.identity_hash = e.identity_hash";
const passed = (bound: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM evaluations o WHERE ${sql.raw(THEIRS)} AND o.result = 'pass' AND o.id <= ${bound})`;

/**
 * `(campaign_id, quarter, people, passed)`: what the evaluations `e` above `from` and up to `end` add to those
 * before. A person stands with the quarter in which they first stood at the gate.
 */
export const gateCells = (rows: SQL, from: SQL, end: SQL): SQL =>
  sql`SELECT e.campaign_id, ${sql.raw(quarterIn("f.created_at"))} AS quarter, sum(f.id > ${from}) AS people,
      sum(${passed(end)} - ${passed(from)}) AS passed
    FROM evaluations e ${rows} CROSS JOIN evaluations f
      ON f.id = (SELECT min(o.id) FROM evaluations o WHERE ${sql.raw(THEIRS)})
    WHERE e.id > ${from} AND e.id <= ${end}
      AND NOT EXISTS (SELECT 1 FROM evaluations o WHERE ${sql.raw(THEIRS)} AND o.id > ${from} AND o.id < e.id)
    GROUP BY 1, 2`;

const begin = (db: Db, name: Tail, limit: number) =>
  db.q
    .run(sql`UPDATE growth_tails SET target = coalesce((SELECT max(id) FROM (SELECT r.id FROM ${sql.identifier(name)} r
    WHERE r.id > growth_tails.upto ORDER BY r.id LIMIT ${limit})), upto) WHERE name = ${name}`);
const end = (db: Db, name: Tail) => db.q.run(sql`UPDATE growth_tails SET upto = target WHERE name = ${name}`);
const hasMore = (name: Tail): SQL =>
  sql`EXISTS (SELECT 1 FROM ${sql.identifier(name)} r WHERE r.id > ${countedTo(name)})`;

export const keepScans = (db: Db, cells: SQL) =>
  db.q.run(sql`INSERT INTO growth_scans (campaign_id, part, quarter, n) ${cells}
    ON CONFLICT (campaign_id, part, quarter) DO UPDATE SET n = n + excluded.n`);
export const keepGates = (db: Db, cells: SQL) =>
  db.q.run(sql`INSERT INTO growth_gates (campaign_id, quarter, people, passed) ${cells}
    ON CONFLICT (campaign_id, quarter) DO UPDATE SET people = people + excluded.people, passed = passed + excluded.passed`);

/**
 * Counts the next visits and people at gates, of all tenants: at most `limit` rows of each. One batch.
 * @returns whether there are more
 */
export async function countArrivals(db: Db, limit: number): Promise<boolean> {
  const next = sql`CROSS JOIN invites i ON i.id = s.invite_id
    WHERE s.id > ${countedTo("scans")} AND s.id <= ${target("scans")}`;
  const results = await db.write([
    begin(db, "scans", limit),
    keepScans(db, scanCells(next)),
    end(db, "scans"),
    begin(db, "evaluations", limit),
    keepGates(db, gateCells(sql``, countedTo("evaluations"), target("evaluations"))),
    end(db, "evaluations"),
    jsonQuery(db, sql`SELECT json_array(${hasMore("scans")} OR ${hasMore("evaluations")})`),
  ]);
  return jsonRows<[number]>(results[6])[0]?.[0] === 1;
}

/** Visits of a campaign that are not counted yet. By the order of rows: that of the campaign may be long. */
export const uncountedScans = (campaign: SQL): SQL =>
  scansOf(sql`NOT INDEXED CROSS JOIN invites i ON i.id = s.invite_id
    WHERE s.id > ${countedTo("scans")} AND s.campaign_id = ${campaign}`);

/** What evaluations of a campaign add that are not counted yet. */
export const uncountedGates = (campaign: SQL): SQL =>
  sql`SELECT * FROM (${gateCells(sql`NOT INDEXED`, countedTo("evaluations"), sql.raw(String(Number.MAX_SAFE_INTEGER)))})
    WHERE campaign_id = ${campaign}`;
