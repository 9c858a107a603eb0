import { type SQL, sql } from "drizzle-orm";
import type { Lag } from "../../domain/freshness.ts";
import { formatId, type Id, parseId } from "../../domain/id.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { dueOf } from "../standing/qualify.ts";
import { comeTrue } from "../standing/state.ts";
import { endStep, gatherStep } from "./step.ts";
import { addSums } from "./sums.ts";

/**
 * How far the count of a campaign is behind. `far`: too far to be counted while somebody waits. `clearing`: what
 * was counted is being taken away.
 */
export type CountLag = Lag & { far: boolean; clearing: boolean };

/** Entries, people or changes behind which a count is far: far more than come in between two runs of the job. */
const FAR = 10_000;

/**
 * The statements that count the next people of a campaign: those of at most `limit` entries of the ledger, and as
 * many others of whom something changed. Everything is read, worked out and kept in one batch, so two of them
 * cannot get in each other's way. It costs what is counted, however large the campaign is.
 * @param entryId a candidate for the id of the first entry: people whose time has come qualify
 */
export function countStatements(db: Db, campaignId: Id, limit: number, now: number, entryId: number) {
  const campaign = sql`${parseId("campaign", campaignId)}`;
  const due = sql`SELECT d.id ${dueOf(campaign, now)} ORDER BY d.qualifies_at, d.id LIMIT ${limit}`;
  const [told, qualified] = comeTrue(db, due, entryId);
  return [
    told,
    qualified,
    ...gatherStep(db, campaign, limit),
    ...addSums(db, campaign),
    ...endStep(db, campaign),
  ] as const;
}

/** Counts the next people of a campaign. One batch. @returns whether something is left that can be counted */
export async function countStep(
  db: Db,
  campaignId: Id,
  limit: number,
  now: number,
  entryId: number,
): Promise<boolean> {
  const results: readonly unknown[] = await db.write([
    ...countStatements(db, campaignId, limit, now, entryId),
    selectLag(db, sql`${parseId("campaign", campaignId)}`, now),
  ]);
  const { firstUnfolded, dueSince, clearing } = readLag(results.at(-1) as [string][]);
  return !clearing && (firstUnfolded !== null || dueSince !== null);
}

/** How far the count of `campaign` is behind at `now`: see `readLag`. */
export const selectLag = (db: Db, campaign: SQL, now: number) => {
  const pending = sql`FROM ledger l WHERE l.campaign_id = ${campaign}
    AND l.id > coalesce((SELECT f.upto FROM growth_folds f WHERE f.campaign_id = ${campaign}), 0)`;
  const touched = sql`FROM growth_touches t WHERE t.campaign_id = ${campaign}`;
  const due = dueOf(campaign, now);
  return jsonQuery(
    db,
    sql`SELECT json_array((SELECT min(l.id) ${pending}), (SELECT min(t.at) ${touched}), (SELECT min(d.qualifies_at) ${due}),
      EXISTS (SELECT 1 ${pending} LIMIT 1 OFFSET ${FAR}) OR EXISTS (SELECT 1 ${touched} LIMIT 1 OFFSET ${FAR})
        OR EXISTS (SELECT 1 ${due} LIMIT 1 OFFSET ${FAR}),
      EXISTS (SELECT 1 FROM growth_folds f WHERE f.campaign_id = ${campaign} AND f.clearing))`,
  );
};

export function readLag(rows: readonly [string][]): CountLag {
  type Row = [
    first: number | null,
    touched: number | null,
    due: number | null,
    far: number,
    clearing: number,
  ];
  const [[firstUnfolded, touched, due, far, clearing] = [null, null, null, 0, 0]] = jsonRows<Row>(rows);
  const since = Math.min(touched ?? Infinity, due ?? Infinity);
  return {
    firstUnfolded,
    dueSince: since === Infinity ? null : since,
    far: far + clearing > 0,
    clearing: clearing === 1,
  };
}

/** The next campaigns behind `after` whose count is behind, of all tenants. One read. */
export async function findUncounted(db: Db, after: Id | null): Promise<Id[]> {
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_array(c.id) FROM campaigns c LEFT JOIN growth_folds f ON f.campaign_id = c.id
        WHERE c.id > ${after === null ? -1 : parseId("campaign", after)} AND coalesce(f.clearing, 0) = 0
          AND ((SELECT max(l.id) FROM ledger l WHERE l.campaign_id = c.id) > coalesce(f.upto, 0)
            OR EXISTS (SELECT 1 FROM growth_touches t WHERE t.campaign_id = c.id))
        ORDER BY c.id LIMIT 100`,
    ),
  ]);
  return jsonRows<[number]>(rows).map(([id]) => formatId("campaign", id));
}
