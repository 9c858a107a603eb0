import { type SQL, sql } from "drizzle-orm";
import type { CampaignStatus } from "../domain/campaign.ts";
import type { Lag } from "../domain/freshness.ts";
import { formatId, type Id } from "../domain/id.ts";
import type { MetricKind } from "../domain/metrics/index.ts";
import { boardRank, orderKey, placeInTie } from "./board-position.ts";
import type { Db } from "./db.ts";
import { lagOf, matches } from "./fold/terms.ts";
import { perShape, prepared, type Slot } from "./prepared.ts";
import { campaigns } from "./schema/campaigns.ts";
import { participants } from "./schema/people.ts";
import { workspaces } from "./schema/tenancy.ts";
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
  /** What was read before: of the same version the page is left out, and it is the answer where nothing moved. */
  known?: BoardRead | null;
  /** Where the page begins: strictly after, or strictly before, a row; null: at the top. */
  from: { direction: "after" | "before"; key: BoardKey } | null;
  /** A participant to show with `neighbours` rows either side. */
  around: { id: Id; neighbours: number } | null;
};

/** Why a participant has no rank on a board, though they are in the campaign. */
export type OffBoard = "disqualified" | "filtered";

export type BoardRead = Lag & {
  /** `metric`: the one that the campaign is ranked by where nobody names another. */
  campaign: { status: CampaignStatus; endsAt: number | null; timezone: string; metric: MetricKind };
  totalParticipants: number;
  /** Moves whenever something that boards show is changed. */
  version: number;
  /** All of the above as it was read. */
  head: string;
  /** The board, when it is kept; only then are there rows. Null, too, when the version is known. */
  board: { id: number; state: "building" | "live" | "final"; people: number; finalAt: number | null } | null;
  /** Null when it is of the version that the caller knows. */
  page: BoardSlice | null;
  /** Null when nobody was asked for; no rows when the participant is not of this campaign. */
  around: (BoardSlice & { off: OffBoard | null }) | null;
};

/** What the statement binds. Of a shape that has no cursor, or nobody to surround, those are not spoken of. */
type Bound = BoardName & {
  campaign: Id;
  workspace: Id;
  bound: number;
  now: number;
  known: number;
  rows: number;
  score: number;
  reachedAt: number;
  id: number;
  person: Id;
  neighbours: number;
};

const ORDER = sql`s.score DESC, s.reached_at, s.participant_id`;
const REVERSE = sql`s.score, s.reached_at DESC, s.participant_id DESC`;

/** The rows of the board that rank. */
const SCORED = sql`SELECT s.participant_id, s.score, s.reached_at FROM tallies s INDEXED BY tallies_rank
  WHERE s.board_id = (SELECT id FROM board) AND s.ranked = 1`;

type Place = { score: SQL; reachedAt: SQL; id: SQL };

/** The `n` rows nearest after a place: first those of its own score, so that no tie is read from its beginning. */
const rowsAfter = ({ score, reachedAt, id }: Place, n: SQL) =>
  sql`SELECT * FROM (SELECT * FROM (${SCORED} AND s.score = ${score}
      AND (s.reached_at, s.participant_id) > (${reachedAt}, ${id}) ORDER BY ${ORDER} LIMIT ${n})
    UNION ALL SELECT * FROM (${SCORED} AND s.score < ${score} ORDER BY ${ORDER} LIMIT ${n}) LIMIT ${n})`;

/** The `n` rows nearest before a place, the nearest first. */
const rowsBefore = ({ score, reachedAt, id }: Place, n: SQL) =>
  sql`SELECT * FROM (SELECT * FROM (${SCORED} AND s.score = ${score}
      AND (s.reached_at, s.participant_id) < (${reachedAt}, ${id}) ORDER BY ${REVERSE} LIMIT ${n})
    UNION ALL SELECT * FROM (${SCORED} AND s.score > ${score} ORDER BY ${REVERSE} LIMIT ${n}) LIMIT ${n})`;

/** The board that answers for a name: its final one, else the one that is kept, else the one being built. */
function boardNamed(campaign: SQL, slot: Slot<Bound>): SQL {
  const inState = (state: string) => sql`(SELECT max(b.id) FROM boards b WHERE b.campaign_id = ${campaign}
    AND b.state = ${sql.raw(`'${state}'`)} AND b.metric = ${slot("metric")} AND b.starts_at = ${slot("startsAt")}
    AND b.ends_at = ${slot("endsAt")} AND b.filter = ${slot("filter")})`;
  return sql`SELECT b.id, b.state, b.people, b.final_at, b.filter FROM boards b
    WHERE b.id = coalesce(${inState("final")}, ${inState("live")}, ${inState("building")})`;
}

/** The rows of a table as JSON, with their names. */
const linesOf = (rows: SQL, workspace: SQL) =>
  sql`(SELECT json_group_array(json_array(s.participant_id, s.score, s.reached_at, p.display_name))
    FROM (${rows}) s CROSS JOIN participants p ON p.id = s.participant_id AND p.workspace_id = ${workspace})`;

/** What stands before the best of some rows, as JSON: how many with a better score, and how many in its tie. */
const aboveOf = (rows: SQL) =>
  sql`(SELECT CASE WHEN t.score = 0 THEN json_array((SELECT people FROM board), 0)
      ELSE json_array(${boardRank("t.board", "t.place")}, ${placeInTie("t.board", "t.place")}) END
    FROM (SELECT t.participant_id, t.score, t.reached_at, ${sql.raw(orderKey)} AS place, (SELECT id FROM board) AS board
      FROM ${rows} t ORDER BY t.score DESC, t.reached_at, t.participant_id LIMIT 1) t)`;

/** A participant, with the place where they stand; somebody who is on no board stands alone. */
const selfOf = (slot: Slot<Bound>) =>
  sql`SELECT *, iif(off IS NULL, score, NULL) AS stands FROM (
    SELECT p.id AS participant_id, coalesce(y.score, 0) AS score, y.reached_at,
      CASE WHEN p.disqualified_at IS NOT NULL AND b.state <> 'final' OR y.ranked = 0 THEN 'disqualified'
        WHEN b.filter <> '' AND y.score IS NULL AND NOT ${matches} THEN 'filtered' END AS off
    FROM participants p LEFT JOIN board b ON true LEFT JOIN tallies y ON y.board_id = b.id AND y.participant_id = p.id
    WHERE p.id = ${slot("person", participants.id)} AND p.campaign_id = ${slot("campaign", campaigns.id)})`;

/** Null where they do not rank: then nothing is before or after them. */
const SELF: Place = {
  score: sql`(SELECT stands FROM self)`,
  reachedAt: sql`(SELECT reached_at FROM self)`,
  id: sql`(SELECT participant_id FROM self)`,
};

/** The read as one statement of one row, built once for each shape: SQL of this length is slow to build. */
const reading = perShape((from: "top" | "after" | "before", around: boolean) =>
  prepared<Bound>((slot) => {
    const campaign = slot("campaign", campaigns.id);
    const workspace = slot("workspace", workspaces.id);
    // What the caller has is not worked out again: CASE leaves alone what it does not choose.
    const unknown = (part: SQL) => sql`CASE WHEN f.version = ${slot("known")} THEN NULL ELSE ${part} END`;
    const tables = [sql`board AS MATERIALIZED (${boardNamed(campaign, slot)})`];
    const columns = [
      // One text, so that it costs one comparison to see that nothing moved.
      sql`json_array(c.status, c.ends_at, c.timezone, coalesce(f.people, 0), coalesce(f.version, 0),
        json_extract(c.settings, '$.board.metric'), ${lagOf(campaign, slot("now"), sql`coalesce(f.upto, 0)`)}) AS head`,
      sql`${unknown(sql`(SELECT json_object('id', id, 'state', state, 'people', people, 'finalAt', final_at) FROM board)`)} AS board`,
    ];
    if (from === "top") {
      const rows = sql`${SCORED} ORDER BY ${ORDER} LIMIT ${slot("rows")}`;
      columns.push(sql`${unknown(linesOf(rows, workspace))} AS page`, sql`NULL AS above`);
    } else {
      const key = { score: slot("score"), reachedAt: slot("reachedAt"), id: slot("id") };
      const rows = (from === "after" ? rowsAfter : rowsBefore)(key, slot("rows"));
      tables.push(sql`page AS MATERIALIZED (${rows})`);
      columns.push(
        sql`${unknown(linesOf(sql`SELECT * FROM page`, workspace))} AS page`,
        sql`${unknown(aboveOf(sql`page`))} AS above`,
      );
    }
    if (around) {
      const neighbours = slot("neighbours");
      tables.push(
        sql`self AS MATERIALIZED (${selfOf(slot)})`,
        sql`near AS MATERIALIZED (${rowsBefore(SELF, neighbours)}
          UNION ALL SELECT participant_id, score, reached_at FROM self UNION ALL ${rowsAfter(SELF, neighbours)})`,
      );
      columns.push(
        sql`${linesOf(sql`SELECT * FROM near`, workspace)} AS around`,
        sql`${aboveOf(sql`near`)} AS above_around`,
        sql`(SELECT off FROM self) AS off`,
      );
    }
    return [
      sql`WITH ${sql.join(tables, sql`, `)} SELECT ${sql.join(columns, sql`, `)}
        FROM campaigns c LEFT JOIN folds f ON f.campaign_id = c.id
        WHERE c.id = ${campaign} AND c.workspace_id = ${workspace} AND ${slot("bound")} LIMIT 1`,
    ];
  }),
);

/** Reads a page of a board, and the surroundings of a participant. One read; undefined: no such campaign. */
export async function readBoard(db: Db, tenant: Tenant, ask: BoardAsk): Promise<BoardRead | undefined> {
  const { from, around, campaignId, known = null } = ask;
  const bound = tenant.campaignId === null || tenant.campaignId === campaignId;
  const statements = reading(from?.direction ?? "top", around !== null);
  // Whether a known page is still as it was is seen at once; another one is read from all over the table.
  const [rows] = await db.run(
    known === null || around !== null ? "brief" : "read",
    statements({
      metric: ask.metric,
      startsAt: ask.startsAt,
      endsAt: ask.endsAt,
      filter: ask.filter,
      campaign: campaignId,
      workspace: tenant.workspaceId,
      bound: bound ? 1 : 0,
      now: ask.now,
      known: known?.version ?? -1,
      rows: ask.limit + 1,
      score: from?.key.score ?? 0,
      reachedAt: from?.key.reachedAt ?? 0,
      id: from?.key.participant ?? 0,
      person: around?.id ?? "",
      neighbours: around?.neighbours ?? 0,
    }),
  );
  const row = rows?.[0] as Stored | undefined;
  if (known !== null && row?.[0] === known.head && around === null) return known;
  return row && readStored(row, around !== null);
}

type Text = string | null;
type Stored = [
  head: string,
  board: Text,
  page: Text,
  above: Text,
  around: Text,
  aboveAround: Text,
  off: OffBoard | null,
];
type Head = [CampaignStatus, number | null, string, number, number, MetricKind, Lag];
type Line = [participant: number, score: number, reachedAt: number | null, displayName: string];

const decode = (text: Text | undefined): unknown => (text == null ? null : JSON.parse(text));

function readStored([head, board, page, above, near, aboveNear, off]: Stored, around: boolean): BoardRead {
  const [status, endsAt, timezone, totalParticipants, version, metric, lag] = JSON.parse(head) as Head;
  return {
    ...lag,
    head,
    campaign: { status, endsAt, timezone, metric },
    totalParticipants,
    version,
    board: decode(board) as BoardRead["board"],
    page: page === null ? null : readSlice(page, above),
    around: around ? { ...readSlice(near, aboveNear), off } : null,
  };
}

/** In the board's order, whatever order the database took them in. */
const inOrder = (a: Line, b: Line): number => b[1] - a[1] || (a[2] ?? 0) - (b[2] ?? 0) || a[0] - b[0];

function readSlice(lines: Text, above: Text): BoardSlice {
  const [aboveScore, inTie] = (decode(above) ?? [0, 0]) as [number, number];
  const rows = ((decode(lines) ?? []) as Line[]).sort(inOrder);
  return {
    above: aboveScore + inTie,
    aboveScore,
    rows: rows.map(([participant, score, reachedAt, displayName]) => ({
      participantId: formatId("participant", participant),
      score,
      reachedAt,
      displayName,
    })),
  };
}
