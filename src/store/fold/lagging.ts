import { sql } from "drizzle-orm";
import { FOREVER } from "../../domain/board.ts";
import { formatId, type Id, parseId } from "../../domain/id.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import type { BoardName } from "../board.ts";

/** Campaigns in one answer. */
const A_PAGE = 100;

/** The next campaigns behind `after` whose boards are behind, of all tenants. One read. */
export async function findLagging(db: Db, after: Id | null, now: number): Promise<Id[]> {
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_array(c.id) FROM campaigns c LEFT JOIN folds f ON f.campaign_id = c.id
        WHERE c.id > ${after === null ? -1 : parseId("campaign", after)}
          AND ((SELECT max(l.id) FROM ledger l WHERE l.campaign_id = c.id) > coalesce(f.upto, 0)
            OR EXISTS (SELECT 1 FROM participants p INDEXED BY participants_due WHERE p.campaign_id = c.id
              AND p.qualifies_at IS NOT NULL AND p.qualifies_at <= ${now}))
        ORDER BY c.id LIMIT ${A_PAGE}`,
    ),
  ]);
  return jsonRows<[number]>(rows).map(([id]) => formatId("campaign", id));
}

/** A board that is not whole yet. */
export type Unbuilt = BoardName & { campaignId: Id; id: number };

/** Boards that are being built, of all tenants, the oldest first. One read. */
export async function findUnbuilt(db: Db): Promise<Unbuilt[]> {
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('id', b.id, 'campaignId', b.campaign_id, 'metric', b.metric, 'startsAt', b.starts_at,
        'endsAt', b.ends_at, 'filter', b.filter) FROM boards b WHERE b.state = 'building' ORDER BY b.id LIMIT ${A_PAGE}`,
    ),
  ]);
  return jsonRows<Omit<Unbuilt, "campaignId"> & { campaignId: number }>(rows).map((board) => ({
    ...board,
    campaignId: formatId("campaign", board.campaignId),
  }));
}

/** Boards of a campaign that are being built, the oldest first. One read. */
export async function findUnbuiltOf(db: Db, campaignId: Id): Promise<Unbuilt[]> {
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('id', b.id, 'metric', b.metric, 'startsAt', b.starts_at, 'endsAt', b.ends_at,
        'filter', b.filter) FROM boards b WHERE b.campaign_id = ${parseId("campaign", campaignId)}
        AND b.state = 'building' ORDER BY b.id`,
    ),
  ]);
  return jsonRows<Omit<Unbuilt, "campaignId">>(rows).map((board) => ({ ...board, campaignId }));
}

/** Boards of all time of a campaign for everybody: their metric and state. One read. */
export async function listAllTimeBoards(
  db: Db,
  campaignId: Id,
): Promise<(Unbuilt & { state: "building" | "live" | "final" })[]> {
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('id', b.id, 'metric', b.metric, 'startsAt', b.starts_at, 'endsAt', b.ends_at,
        'filter', b.filter, 'state', b.state) FROM boards b WHERE b.campaign_id = ${parseId("campaign", campaignId)}
        AND b.starts_at = 0 AND b.ends_at = ${FOREVER} AND b.filter = '' AND b.state IN ('building', 'live', 'final')
        ORDER BY b.id`,
    ),
  ]);
  type Row = Omit<Unbuilt, "campaignId"> & { state: "building" | "live" | "final" };
  return jsonRows<Row>(rows).map((board) => ({ ...board, campaignId }));
}
