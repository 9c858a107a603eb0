import { sql } from "drizzle-orm";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { countedTo, gateCells, keepGates, keepScans, scanCells } from "../growth/arrivals.ts";

/** From now on nothing of a campaign's people is counted, and readers recount. One batch. */
export async function beginClearing(db: Db, campaign: number): Promise<void> {
  await db.write([
    db.q.run(sql`INSERT INTO growth_folds (campaign_id, workspace_id, upto, target, touched, clearing)
      SELECT c.id, c.workspace_id, 0, 0, 0, 1 FROM campaigns c WHERE c.id = ${campaign}
      ON CONFLICT (campaign_id) DO UPDATE SET clearing = 1`),
  ]);
}

/**
 * Takes away what is counted of the next people behind `after`, `limit` of them at the most. One batch.
 * @returns the last of them; null when none is left
 */
export async function clearPeople(
  db: Db,
  campaign: number,
  after: number,
  limit: number,
): Promise<number | null> {
  const next = sql`SELECT p.id FROM participants p WHERE p.campaign_id = ${campaign} AND p.id > ${after}
    ORDER BY p.id LIMIT ${limit}`;
  const [, rows] = await db.write([
    db.q
      .run(sql`DELETE FROM growth_people WHERE participant_id IN (${next}) AND EXISTS (SELECT 1 FROM growth_folds f
      WHERE f.campaign_id = ${campaign} AND f.clearing)`),
    jsonQuery(db, sql`SELECT json_array(max(id)) FROM (${next})`),
  ]);
  return jsonRows<[number | null]>(rows)[0]?.[0] ?? null;
}

/** Takes away the sums of a campaign whose people are cleared: it is counted from its first entry on. One batch. */
export async function endClearing(db: Db, campaign: number): Promise<void> {
  const cleared = sql`campaign_id = ${campaign} AND EXISTS (SELECT 1 FROM growth_folds f
    WHERE f.campaign_id = ${campaign} AND f.clearing)`;
  await db.write([
    db.q.run(sql`DELETE FROM growth_cells WHERE ${cleared}`),
    db.q.run(sql`DELETE FROM growth_happened WHERE ${cleared}`),
    db.q.run(sql`DELETE FROM growth_cycles WHERE ${cleared}`),
    db.q.run(sql`UPDATE growth_folds SET upto = 0, target = 0, touched = 0, clearing = 0
      WHERE campaign_id = ${campaign} AND clearing`),
  ]);
}

/** Counts a campaign's visits and people at the gate anew, as far as they were counted. One batch. */
export async function mendArrivals(db: Db, campaign: number): Promise<void> {
  await db.write([
    db.q.run(sql`DELETE FROM growth_scans WHERE campaign_id = ${campaign}`),
    keepScans(
      db,
      scanCells(sql`CROSS JOIN invites i ON i.id = s.invite_id
        WHERE s.campaign_id = ${campaign} AND s.id <= ${countedTo("scans")}`),
    ),
    db.q.run(sql`DELETE FROM growth_gates WHERE campaign_id = ${campaign}`),
    keepGates(
      db,
      sql`SELECT * FROM (${gateCells(sql``, sql`0`, countedTo("evaluations"))}) WHERE campaign_id = ${campaign}`,
    ),
  ]);
}
