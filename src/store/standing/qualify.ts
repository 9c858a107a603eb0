import { type SQL, sql } from "drizzle-orm";
import { formatId, type Id, parseId } from "../../domain/id.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { comeTrue } from "./state.ts";

/** Campaigns in one answer of `findDue`. */
const A_PAGE = 100;

/** Participants of a campaign who have stayed as long as its rules ask, and were not told so yet. */
export const dueOf = (campaign: SQL, now: number): SQL =>
  sql`FROM participants d INDEXED BY participants_due WHERE d.campaign_id = ${campaign}
    AND d.qualifies_at IS NOT NULL AND d.qualifies_at <= ${now}`;

/**
 * Has people qualify whose time has come, those who were first before others: at most `limit`, in one batch.
 * @param entryId a candidate for the id of the first entry
 * @returns how many they were
 */
export async function qualifyDue(
  db: Db,
  campaignId: Id,
  now: number,
  limit: number,
  entryId: number,
): Promise<number> {
  const campaign = sql`${parseId("campaign", campaignId)}`;
  const due = sql`SELECT d.id ${dueOf(campaign, now)} ORDER BY d.qualifies_at, d.id LIMIT ${limit}`;
  const [, rows] = await db.write(comeTrue(db, due, entryId));
  return rows.length;
}

/** The next campaigns behind `after` where somebody is due, of all tenants. One read. */
export async function findDue(db: Db, now: number, after: Id | null): Promise<Id[]> {
  const behind = after === null ? -1 : parseId("campaign", after);
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_array(c.id) FROM campaigns c
        WHERE c.id > ${behind} AND EXISTS (SELECT 1 ${dueOf(sql`c.id`, now)}) ORDER BY c.id LIMIT ${A_PAGE}`,
    ),
  ]);
  return jsonRows<[number]>(rows).map(([id]) => formatId("campaign", id));
}
