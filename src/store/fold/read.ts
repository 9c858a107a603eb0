import { type SQL, sql } from "drizzle-orm";
import { WHOLE } from "../../domain/board.ts";
import type { Change, KeptBoard, Standee } from "../../domain/fold.ts";
import { type Id, parseId } from "../../domain/id.ts";
import { type Db, jsonRows } from "../db.ts";
import { prepared } from "../prepared.ts";
import { keptBoards, kindsOf, matches, stateNow } from "./terms.ts";

/** What a step of folding goes by. */
export type FoldRead = {
  /** Undefined where nothing of the campaign was ever folded. */
  head: { upto: number; version: number; heldUntil: number | null } | undefined;
  boards: (KeptBoard & { filter: string; state: "building" | "live"; startsAt: number; endsAt: number })[];
  /** The last entry that this step takes in; null when there is none left. */
  target: number | null;
  /** The last entry that there is. */
  last: number;
  /** Whether there may be more behind it. */
  more: boolean;
  /** Whether people have stayed long enough and were not told so yet. */
  due: boolean;
  changes: Change[];
  standees: Standee[];
};

type StoredChange = [
  number,
  number,
  number | null,
  number,
  number | null,
  number | null,
  number | null,
  number | null,
];
type StoredStandee = [number, number | null, number, number, number[], [number, number, number, number][]];

export const readChange = ([id, joinedAt, inviterId, state, qualifiedAt, ...was]: StoredChange): Change => {
  const [oldInviter, oldState, oldQualified] = was;
  return {
    id,
    joinedAt,
    was: oldState === null ? null : { inviterId: oldInviter, state: oldState, qualifiedAt: oldQualified },
    now: { inviterId, state, qualifiedAt },
  };
};

const readStandee = ([id, inviterId, level, ranked, off, tallies]: StoredStandee): Standee => ({
  id,
  inviterId,
  level,
  ranked: ranked === 1,
  off,
  tallies: tallies.map(([boardId, score, reachedAt, stands]) => ({
    boardId,
    score,
    reachedAt,
    ranked: stands === 1,
  })),
});

/**
 * Everybody above the participants of `t(id)`, and whoever is in `d(id)`, with their scores on the boards
 * `which`. The direct inviters are looked up on all boards, those above them on the boards of lineages.
 */
export const standeesOf = (tables: SQL, which: SQL): SQL => {
  const person = sql`p.id, p.inviter_id, p.depth + p.level_shift, p.disqualified_at IS NULL`;
  return sql`WITH RECURSIVE ${tables},
      near(id) AS MATERIALIZED (SELECT p.inviter_id FROM t JOIN participants p ON p.id = t.id WHERE p.inviter_id IS NOT NULL
        UNION SELECT id FROM d),
      up(id, inviter, level, ranked) AS (SELECT ${person} FROM near JOIN participants p ON p.id = near.id
        UNION SELECT ${person} FROM up JOIN participants p ON p.id = up.inviter),
      kept AS MATERIALIZED (SELECT b.id, b.metric, b.filter FROM boards b WHERE ${which})
    SELECT json_array(up.id, up.inviter, up.level, up.ranked,
      CASE WHEN EXISTS (SELECT 1 FROM kept b WHERE b.filter <> '') THEN
        json((SELECT json_group_array(b.id) FROM kept b CROSS JOIN participants p ON p.id = up.id
          WHERE b.filter <> '' AND NOT ${matches})) ELSE json_array() END,
      json((SELECT json_group_array(json_array(y.board_id, y.score, y.reached_at, y.ranked))
        FROM kept b CROSS JOIN tallies y ON y.board_id = b.id AND y.participant_id = up.id
        WHERE b.metric IN (${kindsOf("lineage")}) OR up.id IN (SELECT id FROM near))))
    FROM up`;
};

export const readStandees = (rows: readonly [string][]): Standee[] =>
  jsonRows<StoredStandee>(rows).map(readStandee);

/** What a step reads, built once: it is most of a small fold's work otherwise. */
const step = prepared<{ campaign: number | null; limit: number; now: number }>((slot) => {
  const [campaign, limit, now] = [slot("campaign"), slot("limit"), slot("now")];
  const entries = sql`e AS MATERIALIZED (SELECT l.id, l.participant_id, l.kind FROM ledger l
      WHERE l.campaign_id = ${campaign}
        AND l.id > coalesce((SELECT f.upto FROM folds f WHERE f.campaign_id = ${campaign}), 0)
      ORDER BY l.id LIMIT ${limit}),
    t(id) AS MATERIALIZED (SELECT DISTINCT participant_id FROM e),
    d(id) AS MATERIALIZED (SELECT DISTINCT participant_id FROM e WHERE kind IN ('disqualified', 'reinstated'))`;
  return [
    sql`WITH ${entries} SELECT json_object(
        'head', json((SELECT json_object('upto', f.upto, 'version', f.version,
          'heldUntil', f.held_until) FROM folds f WHERE f.campaign_id = ${campaign})),
        'target', (SELECT max(id) FROM e), 'count', (SELECT count(*) FROM e),
        'last', (SELECT coalesce(max(l.id), 0) FROM ledger l WHERE l.campaign_id = ${campaign}),
        'due', EXISTS (SELECT 1 FROM participants p INDEXED BY participants_due
          WHERE p.campaign_id = ${campaign} AND p.qualifies_at IS NOT NULL AND p.qualifies_at <= ${now}))`,
    sql`SELECT json_object('id', b.id, 'metric', b.metric, 'startsAt', b.starts_at, 'endsAt', b.ends_at,
        'builtUpto', b.built_upto, 'filter', b.filter, 'state', b.state) FROM boards b WHERE ${keptBoards(campaign)}`,
    sql`WITH ${entries} SELECT json_array(p.id, p.joined_at, p.inviter_id, ${stateNow}, p.qualified_at,
          k.inviter_id, k.state, k.qualified_at)
        FROM t JOIN participants p ON p.id = t.id LEFT JOIN credits k ON k.participant_id = p.id`,
    standeesOf(entries, keptBoards(campaign)),
  ];
});

/** Reads the next step of a campaign's fold: at most `limit` entries of the ledger. One read. */
export async function readFold(db: Db, campaignId: Id, limit: number, now: number): Promise<FoldRead> {
  const campaign = parseId("campaign", campaignId);
  type Head = {
    head: FoldRead["head"] | null;
    target: number | null;
    last: number;
    count: number;
    due: number;
  };
  const results = (await db.run("read", step({ campaign, limit, now }))) as [string][][];
  const [heads = [], boards = [], changes = [], standees = []] = results;
  const [{ head, target, last, count, due }] = jsonRows<Head>(heads) as [Head];
  return {
    head: head ?? undefined,
    boards: jsonRows<FoldRead["boards"][number]>(boards),
    target,
    last,
    more: count === limit,
    due: due === 1,
    changes: jsonRows<StoredChange>(changes).map(readChange),
    standees: readStandees(standees),
  };
}

/** Whether all credits are in a board. */
export const isWhole = ({ builtUpto }: KeptBoard): boolean => builtUpto === WHOLE;
