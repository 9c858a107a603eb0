import { type SQL, sql } from "drizzle-orm";
import { formatId, type Id, parseId } from "../domain/id.ts";
import { type Db, jsonQuery, jsonRows } from "./db.ts";
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

export type BoardAsk = {
  campaignId: Id;
  metric: string;
  limit: number;
  /** Where the page begins: strictly after, or strictly before, a row; null: at the top. */
  from: { direction: "after" | "before"; key: BoardKey } | null;
  /** A participant to show with `neighbours` rows either side. */
  around: { id: Id; neighbours: number } | null;
};

export type BoardRead = {
  timezone: string;
  totalParticipants: number;
  page: BoardSlice;
  /** Null when nobody was asked for; no rows when the participant is not of this campaign. */
  around: BoardSlice | null;
};

const ORDER = sql`s.score DESC, s.reached_at, s.participant_id`;
const REVERSE = sql`s.score, s.reached_at DESC, s.participant_id DESC`;

type Place = { score: SQL; reachedAt: SQL; id: SQL };
const isAfter = ({ score, reachedAt, id }: Place) =>
  sql`s.score <= ${score} AND (s.score < ${score} OR (s.reached_at, s.participant_id) > (${reachedAt}, ${id}))`;
const isBefore = ({ score, reachedAt, id }: Place) =>
  sql`s.score >= ${score} AND (s.score > ${score} OR (s.reached_at, s.participant_id) < (${reachedAt}, ${id}))`;

/** Reads a page of a board, and the surroundings of a participant. One read; undefined: no such campaign. */
export async function readBoard(db: Db, tenant: Tenant, ask: BoardAsk): Promise<BoardRead | undefined> {
  const campaign = sql`${parseId("campaign", ask.campaignId)}`;
  const workspace = sql`${parseId("workspace", tenant.workspaceId)}`;
  const bound = tenant.campaignId === null || tenant.campaignId === ask.campaignId;
  const board = sql`s.campaign_id = ${campaign} AND s.metric = ${ask.metric} AND s.period = 'all'`;
  const scored = sql`SELECT s.participant_id, s.score, s.reached_at FROM scores s WHERE ${board}`;

  const { from } = ask;
  const key = from && {
    score: sql`${from.key.score}`,
    reachedAt: sql`${from.key.reachedAt}`,
    id: sql`${from.key.participant}`,
  };
  const beyond = key === null ? sql`true` : from?.direction === "before" ? isBefore(key) : isAfter(key);
  const page = sql`page AS MATERIALIZED (${scored} AND ${beyond}
    ORDER BY ${from?.direction === "before" ? REVERSE : ORDER} LIMIT ${ask.limit + 1})`;

  const self: Place = {
    score: sql`(SELECT score FROM self)`,
    reachedAt: sql`(SELECT reached_at FROM self)`,
    id: sql`(SELECT participant_id FROM self)`,
  };
  const near = ask.around?.neighbours ?? 0;
  const around = sql`self AS MATERIALIZED (
      SELECT p.id AS participant_id, coalesce(s.score, 0) AS score, s.reached_at
      FROM participants p LEFT JOIN scores s ON ${board} AND s.participant_id = p.id
      WHERE p.id = ${ask.around && parseId("participant", ask.around.id)} AND p.campaign_id = ${campaign}),
    page AS MATERIALIZED (
      SELECT * FROM (${scored} AND ${isBefore(self)} ORDER BY ${REVERSE} LIMIT ${near})
      UNION ALL SELECT * FROM self
      UNION ALL SELECT * FROM (${scored} AND ${isAfter(self)} ORDER BY ${ORDER} LIMIT ${near}))`;

  const [heads, pages, arounds] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('timezone', c.timezone, 'totalParticipants',
          (SELECT count(*) FROM participants p WHERE p.campaign_id = c.id))
        FROM campaigns c WHERE c.id = ${campaign} AND c.workspace_id = ${workspace} AND ${bound ? 1 : 0}`,
    ),
    slice(db, page, board, workspace),
    slice(db, ask.around === null ? page : around, board, workspace),
  ]);
  const [head] = jsonRows<{ timezone: string; totalParticipants: number }>(heads);
  if (head === undefined) return undefined;
  return { ...head, page: readSlice(pages), around: ask.around && readSlice(arounds) };
}

/** The rows of `page` in board order, with what stands before the first. */
const slice = (db: Db, page: SQL, board: SQL, workspace: SQL) => {
  const top: Place = {
    score: sql`(SELECT score FROM top)`,
    // Nobody stands between the last scored row and those who have not scored.
    reachedAt: sql`(SELECT coalesce(reached_at, 0) FROM top)`,
    id: sql`(SELECT participant_id FROM top)`,
  };
  return jsonQuery(
    db,
    sql`WITH ${page}, top AS MATERIALIZED (SELECT * FROM page s ORDER BY ${ORDER} LIMIT 1)
      SELECT json_object(
        'above', (SELECT count(*) FROM scores s WHERE ${board} AND ${isBefore(top)}),
        'aboveScore', (SELECT count(*) FROM scores s WHERE ${board} AND s.score > ${top.score}),
        'rows', json((SELECT json_group_array(json(line)) FROM (
          SELECT json_object('participant', s.participant_id, 'score', s.score, 'reachedAt', s.reached_at,
            'displayName', p.display_name) AS line
          FROM page s JOIN participants p ON p.id = s.participant_id AND p.workspace_id = ${workspace}
          ORDER BY ${ORDER}))))`,
  );
};

type StoredSlice = Omit<BoardSlice, "rows"> & {
  rows: { participant: number; score: number; reachedAt: number | null; displayName: string }[];
};

function readSlice(rows: readonly [string][]): BoardSlice {
  const { above, aboveScore, rows: lines } = jsonRows<StoredSlice>(rows)[0] as StoredSlice;
  return {
    above,
    aboveScore,
    rows: lines.map(({ participant, ...row }) => ({
      ...row,
      participantId: formatId("participant", participant),
    })),
  };
}
