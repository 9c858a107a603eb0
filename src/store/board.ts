import { type SQL, sql } from "drizzle-orm";
import type { CampaignStatus } from "../domain/campaign.ts";
import type { Lag } from "../domain/freshness.ts";
import { formatId, type Id, parseId } from "../domain/id.ts";
import { boardRank, positionOf } from "./board-position.ts";
import { type Db, jsonQuery, jsonRows } from "./db.ts";
import { lagOf, matches } from "./fold/terms.ts";
import type { Tenant } from "./tenant.ts";

/** One line of a board as it is read. `reachedAt` is null for somebody who has not scored. */
export type BoardRow = { participantId: Id; displayName: string; score: number; reachedAt: number | null };

/** Consecutive rows in board order, with what stands before the first of them. */
export type BoardSlice = {
  rows: BoardRow[];
  /** How many rows of the whole board stand before the first. */
  above: number;
  /** How many of those have a better score than the first. */
  aboveScore: number;
};

/** A row's place in the board's order, as a cursor carries it. */
export type BoardKey = { score: number; reachedAt: number; participant: number };

/** Which board: a metric over a window, for all participants or those of a filter (canonical JSON). */
export type BoardName = { metric: string; startsAt: number; endsAt: number; filter: string };

export type BoardAsk = BoardName & {
  campaignId: Id;
  now: number;
  limit: number;
  /** Where the page begins: strictly after, or strictly before, a row; null: at the top. */
  from: { direction: "after" | "before"; key: BoardKey } | null;
  /** A participant to show with `neighbours` rows either side. */
  around: { id: Id; neighbours: number } | null;
};

/** Why a participant has no rank on a board, though they are in the campaign. */
export type OffBoard = "disqualified" | "filtered";

export type BoardRead = Lag & {
  campaign: { status: CampaignStatus; endsAt: number | null; timezone: string };
  totalParticipants: number;
  /** Moves whenever something that boards show is changed. */
  version: number;
  /** The board, when it is kept; only then are there rows. */
  board: { id: number; state: "building" | "live" | "final"; people: number; finalAt: number | null } | null;
  page: BoardSlice;
  /** Null when nobody was asked for; no rows when the participant is not of this campaign. */
  around: (BoardSlice & { off: OffBoard | null }) | null;
};

const ORDER = sql`s.score DESC, s.reached_at, s.participant_id`;
const REVERSE = sql`s.score, s.reached_at DESC, s.participant_id DESC`;

type Place = { score: SQL; reachedAt: SQL; id: SQL };
const isAfter = ({ score, reachedAt, id }: Place) =>
  sql`s.score <= ${score} AND (s.score < ${score} OR (s.reached_at, s.participant_id) > (${reachedAt}, ${id}))`;
const isBefore = ({ score, reachedAt, id }: Place) =>
  sql`s.score >= ${score} AND (s.score > ${score} OR (s.reached_at, s.participant_id) < (${reachedAt}, ${id}))`;

/** The board that answers for a name: its final one, else the one that is kept, else the one being built. */
const boardNamed = (campaign: SQL, { metric, startsAt, endsAt, filter }: BoardName) =>
  sql`SELECT b.* FROM boards b WHERE b.campaign_id = ${campaign} AND b.metric = ${metric}
    AND b.starts_at = ${startsAt} AND b.ends_at = ${endsAt} AND b.filter = ${filter}
    AND b.state IN ('final', 'live', 'building')
    ORDER BY CASE b.state WHEN 'final' THEN 0 WHEN 'live' THEN 1 ELSE 2 END, b.id DESC LIMIT 1`;

/** Reads a page of a board, and the surroundings of a participant. One read; undefined: no such campaign. */
export async function readBoard(db: Db, tenant: Tenant, ask: BoardAsk): Promise<BoardRead | undefined> {
  const campaign = sql`${parseId("campaign", ask.campaignId)}`;
  const workspace = sql`${parseId("workspace", tenant.workspaceId)}`;
  const bound = tenant.campaignId === null || tenant.campaignId === ask.campaignId;
  const named = boardNamed(campaign, ask);
  const board = sql`board AS MATERIALIZED (${named})`;
  const ranked = sql`s.board_id = (SELECT id FROM board) AND s.ranked = 1`;
  const scored = sql`SELECT s.participant_id, s.score, s.reached_at FROM tallies s INDEXED BY tallies_rank WHERE ${ranked}`;

  const { from } = ask;
  const key = from && {
    score: sql`${from.key.score}`,
    reachedAt: sql`${from.key.reachedAt}`,
    id: sql`${from.key.participant}`,
  };
  const beyond = key === null ? sql`true` : from?.direction === "before" ? isBefore(key) : isAfter(key);
  const page = sql`page AS MATERIALIZED (${scored} AND ${beyond}
    ORDER BY ${from?.direction === "before" ? REVERSE : ORDER} LIMIT ${ask.limit + 1})`;

  const heads = jsonQuery(
    db,
    sql`WITH ${board} SELECT json_object(
        'campaign', json_object('status', c.status, 'endsAt', c.ends_at, 'timezone', c.timezone),
        'totalParticipants', coalesce((SELECT f.people FROM folds f WHERE f.campaign_id = c.id), 0),
        'version', coalesce((SELECT f.version FROM folds f WHERE f.campaign_id = c.id), 0),
        'lag', json(${lagOf(campaign, ask.now)}),
        'board', json((SELECT json_object('id', id, 'state', state, 'people', people, 'finalAt', final_at) FROM board)))
      FROM campaigns c WHERE c.id = ${campaign} AND c.workspace_id = ${workspace} AND ${bound ? 1 : 0}`,
  );
  const pages = slice(db, [board, page], workspace, from === null);
  if (ask.around === null) {
    const [head, rows] = await db.read([heads, pages]);
    return assemble(head, rows, null);
  }
  const [head, rows, self] = await db.read([
    heads,
    pages,
    surroundings(db, board, scored, campaign, workspace, ask.around),
  ]);
  return assemble(head, rows, self);
}

type Head = Omit<BoardRead, "page" | "around" | keyof Lag> & { lag: Lag };

function assemble(
  heads: readonly [string][],
  pages: readonly [string][],
  arounds: readonly [string][] | null,
): BoardRead | undefined {
  const [head] = jsonRows<Head>(heads);
  if (head === undefined) return undefined;
  const { lag, ...rest } = head;
  return { ...rest, ...lag, page: readSlice(pages), around: arounds && readSlice(arounds) };
}

/** The rows around a participant. Somebody who is on no board stands alone. */
function surroundings(
  db: Db,
  board: SQL,
  scored: SQL,
  campaign: SQL,
  workspace: SQL,
  { id, neighbours }: NonNullable<BoardAsk["around"]>,
) {
  const self: Place = {
    score: sql`(SELECT score FROM self)`,
    reachedAt: sql`(SELECT reached_at FROM self)`,
    id: sql`(SELECT participant_id FROM self)`,
  };
  const stands = sql`(SELECT off FROM self) IS NULL`;
  const me = sql`self AS MATERIALIZED (
      SELECT p.id AS participant_id, coalesce(y.score, 0) AS score, y.reached_at,
        CASE WHEN p.disqualified_at IS NOT NULL AND b.state <> 'final' OR y.ranked = 0 THEN 'disqualified'
          WHEN b.filter <> '' AND y.score IS NULL AND NOT ${matches} THEN 'filtered' END AS off
      FROM participants p LEFT JOIN board b ON true LEFT JOIN tallies y ON y.board_id = b.id AND y.participant_id = p.id
      WHERE p.id = ${parseId("participant", id)} AND p.campaign_id = ${campaign})`;
  const page = sql`page AS MATERIALIZED (
      SELECT * FROM (${scored} AND ${stands} AND ${isBefore(self)} ORDER BY ${REVERSE} LIMIT ${neighbours})
      UNION ALL SELECT participant_id, score, reached_at FROM self
      UNION ALL SELECT * FROM (${scored} AND ${stands} AND ${isAfter(self)} ORDER BY ${ORDER} LIMIT ${neighbours}))`;
  return slice(db, [board, me, page], workspace, false, sql`(SELECT off FROM self)`);
}

const ID = "(SELECT id FROM board)";

/** The rows of `page` in board order, with what stands before the first. */
const slice = (db: Db, tables: SQL[], workspace: SQL, isTop: boolean, off: SQL = sql`NULL`) => {
  const above = isTop
    ? sql`'above', 0, 'aboveScore', 0`
    : sql`'above', (SELECT CASE WHEN t.score = 0 THEN (SELECT people FROM board) ELSE ${positionOf(ID)} END FROM top t),
        'aboveScore', (SELECT CASE WHEN t.score = 0 THEN (SELECT people FROM board) ELSE ${boardRank(ID)} END FROM top t)`;
  return jsonQuery(
    db,
    sql`WITH ${sql.join(tables, sql`, `)},
        top AS MATERIALIZED (SELECT s.participant_id, s.score, s.reached_at FROM page s ORDER BY ${ORDER} LIMIT 1)
      SELECT json_object(${above}, 'off', ${off},
        'rows', json((SELECT json_group_array(json(line)) FROM (
          SELECT json_array(s.participant_id, s.score, s.reached_at, p.display_name) AS line
          FROM page s JOIN participants p ON p.id = s.participant_id AND p.workspace_id = ${workspace}
          ORDER BY ${ORDER}))))`,
  );
};

type StoredSlice = Omit<BoardSlice, "rows"> & {
  off: OffBoard | null;
  rows: [number, number, number | null, string][];
};

function readSlice(rows: readonly [string][]): BoardSlice & { off: OffBoard | null } {
  const { above, aboveScore, off, rows: lines } = jsonRows<StoredSlice>(rows)[0] as StoredSlice;
  return {
    above: above ?? 0,
    aboveScore: aboveScore ?? 0,
    off,
    rows: lines.map(([participant, score, reachedAt, displayName]) => ({
      participantId: formatId("participant", participant),
      score,
      reachedAt,
      displayName,
    })),
  };
}
