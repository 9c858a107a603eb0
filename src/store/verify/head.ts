import { sql } from "drizzle-orm";
import type { BoardState } from "../../domain/board.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";

/** A board as its row describes it. */
export type CheckedBoard = {
  id: number;
  metric: string;
  startsAt: number;
  endsAt: number;
  filter: string;
  state: Exclude<BoardState, "retired">;
  builtUpto: number;
  people: number;
};

/** A campaign as its check begins: how far it is folded, and up to where there is something to look at. */
export type Head = {
  campaignId: number;
  upto: number;
  version: number;
  peopleFolded: number;
  size: number;
  lastId: number;
  entries: number;
  lastEntry: number;
  boards: CheckedBoard[];
};

/** Reads what a check of a campaign goes by. One read. */
export async function readHead(db: Db, campaignId: number): Promise<Head> {
  const [heads, boards] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('campaignId', c.id, 'upto', coalesce(f.upto, 0), 'version', coalesce(f.version, 0),
        'peopleFolded', coalesce(f.people, 0),
        'size', (SELECT count(*) FROM participants p WHERE p.campaign_id = c.id),
        'lastId', (SELECT coalesce(max(p.id), 0) FROM participants p WHERE p.campaign_id = c.id),
        'entries', (SELECT count(*) FROM ledger l WHERE l.campaign_id = c.id),
        'lastEntry', (SELECT coalesce(max(l.id), 0) FROM ledger l WHERE l.campaign_id = c.id))
      FROM campaigns c LEFT JOIN folds f ON f.campaign_id = c.id WHERE c.id = ${campaignId}`,
    ),
    jsonQuery(
      db,
      sql`SELECT json_object('id', b.id, 'metric', b.metric, 'startsAt', b.starts_at, 'endsAt', b.ends_at,
        'filter', b.filter, 'state', b.state, 'builtUpto', b.built_upto, 'people', b.people)
      FROM boards b WHERE b.campaign_id = ${campaignId} AND b.state <> 'retired' ORDER BY b.id`,
    ),
  ]);
  const [head] = jsonRows<Omit<Head, "boards">>(heads);
  return { ...(head as Omit<Head, "boards">), boards: jsonRows<CheckedBoard>(boards) };
}

/** The version of a campaign's boards: 0 before the first fold. One read. */
export async function readVersion(db: Db, campaignId: number): Promise<number> {
  const [rows] = await db.read([
    jsonQuery(db, sql`SELECT json_array(version) FROM folds WHERE campaign_id = ${campaignId}`),
  ]);
  return jsonRows<[number]>(rows)[0]?.[0] ?? 0;
}

/** The next campaigns behind `after`, of all workspaces. One read. */
export async function listCampaignNumbers(db: Db, after: number): Promise<number[]> {
  const [rows] = await db.read([
    jsonQuery(db, sql`SELECT json_array(id) FROM campaigns WHERE id > ${after} ORDER BY id LIMIT 500`),
  ]);
  return jsonRows<[number]>(rows).map(([id]) => id);
}

/** The last entry of the whole ledger. One read. */
export async function readLastEntry(db: Db): Promise<number> {
  const [rows] = await db.read([jsonQuery(db, sql`SELECT json_array(coalesce(max(id), 0)) FROM ledger`)]);
  return jsonRows<[number]>(rows)[0]?.[0] ?? 0;
}
