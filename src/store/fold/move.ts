import { sql } from "drizzle-orm";
import type { KeptBoard, Moving, Standee } from "../../domain/fold.ts";
import { type Id, parseId } from "../../domain/id.ts";
import { metricOf } from "../../domain/metrics/index.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import type { Around } from "../standing/move.ts";
import type { Folding } from "../../domain/fold.ts";
import { standeesOf } from "./read.ts";
import { readStandees } from "./stored.ts";
import { countsFor, instantFor, keptBoards } from "./terms.ts";
import { foldingStatements, unmoved } from "./write.ts";

/** What a move takes from one lineage to another, as it is folded. */
export type MoveRead = {
  version: number;
  from: number | null;
  boards: KeptBoard[];
  moving: Moving[];
  standees: Standee[];
};

type Place = { version: number; from: number | null; boards: KeptBoard[] };

/** Reads who stands above somebody and above their inviter to be, and what they count there. Two reads. */
export async function readMove(db: Db, campaignId: Id, id: Id, to: Id | null): Promise<MoveRead | undefined> {
  const campaign = sql`${parseId("campaign", campaignId)}`;
  const person = parseId("participant", id);
  // `t` stands below those whose lineages are read: the person, and a stand-in for a child of `to`.
  const tables = sql`t(id) AS (SELECT ${person}),
    d(id) AS (SELECT p.id FROM participants p WHERE p.id = ${to && parseId("participant", to)} AND p.campaign_id = ${campaign})`;
  const [heads, standees] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('version', f.version, 'from', p.inviter_id, 'boards', (SELECT json_group_array(json_object(
          'id', b.id, 'metric', b.metric, 'startsAt', b.starts_at, 'endsAt', b.ends_at, 'builtUpto', b.built_upto))
        FROM boards b WHERE ${keptBoards(campaign)}))
      FROM folds f JOIN participants p ON p.id = ${person} AND p.campaign_id = f.campaign_id WHERE f.campaign_id = ${campaign}`,
    ),
    jsonQuery(db, standeesOf(tables, keptBoards(campaign))),
  ]);
  const [head] = jsonRows<Place>(heads);
  if (head === undefined) return undefined;
  const [first, ...rest] = head.boards.map((board) => selectMoving(db, board, person));
  const results: readonly (readonly [string][])[] =
    first === undefined ? [] : await db.read([first, ...rest]);
  const moving = head.boards.map(({ id: boardId }, i) => {
    const [n, latest] = jsonRows<[number, number]>(results[i] ?? [])[0] ?? [0, 0];
    return { boardId, n, latest };
  });
  return { ...head, moving, standees: readStandees(standees) };
}

/** How many credits of a person, and of those below where lineages count, are on a board, and the last instant. */
const selectMoving = (db: Db, board: KeptBoard, person: number | null) => {
  const metric = metricOf(board.metric);
  const instant = sql.raw(instantFor(metric));
  const below =
    metric.reach === "inviter"
      ? sql`below(id) AS (SELECT ${person})`
      : sql`below(id) AS (SELECT ${person} UNION ALL SELECT p.id FROM below JOIN participants p ON p.inviter_id = below.id)`;
  return jsonQuery(
    db,
    sql`WITH RECURSIVE ${below} SELECT json_array(count(*), coalesce(max(${instant}), 0)) FROM below
      JOIN participants p ON p.id = below.id JOIN credits k ON k.participant_id = p.id
      WHERE ${sql.raw(countsFor(metric, "k.state"))} AND ${instant} >= ${board.startsAt} AND ${instant} < ${board.endsAt}
        AND p.id <= ${board.builtUpto} AND (k.inviter_id IS NOT NULL OR p.id = ${person})`,
  );
};

/** What the boards do in the batch of a move, while nobody else has changed them meanwhile. */
export function aroundMove(
  db: Db,
  campaignId: Id,
  id: Id,
  to: Id | null,
  { version }: MoveRead,
  folding: Folding,
): Around {
  const campaign = sql`${parseId("campaign", campaignId)}`;
  const [person, inviter] = [parseId("participant", id), to && parseId("participant", to)];
  return {
    guard: unmoved(campaign, version),
    before: (may) => [
      db.q.run(sql`UPDATE credits SET inviter_id = ${inviter} WHERE participant_id = ${person} AND ${may}`),
      ...foldingStatements(db, folding, may),
      // Whom a board of one depth ranks changes with the levels of all below: it is built anew when asked for.
      db.q
        .run(sql`UPDATE boards SET state = 'retired' WHERE campaign_id = ${campaign} AND state IN ('building', 'live')
        AND CASE WHEN filter = '' THEN false ELSE filter->>'depth' IS NOT NULL END AND ${may}`),
    ],
    after: [
      db.q
        .run(sql`UPDATE folds SET version = version + 1 WHERE campaign_id = ${campaign} AND version = ${version}
        AND EXISTS (SELECT 1 FROM participants p WHERE p.id = ${person} AND p.inviter_id IS ${inviter})`),
    ],
  };
}
