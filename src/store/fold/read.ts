import { type SQL, sql } from "drizzle-orm";
import { type Id, parseId } from "../../domain/id.ts";
import type { Db } from "../db.ts";
import { prepared } from "../prepared.ts";
import type { FoldStep } from "./work-out.ts";
import { keptBoards, kindsOf, matches, stateNow } from "./terms.ts";

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

/**
 * Reads the next step of a campaign's fold, at most `limit` entries of the ledger, and works out what comes of it. One read.
 * @param aside where others have work meanwhile, beside them
 */
export async function readFold(
  db: Db,
  campaignId: Id,
  limit: number,
  now: number,
  aside = false,
): Promise<FoldStep> {
  const statements = step({ campaign: parseId("campaign", campaignId), limit, now });
  return db.reduce("fold", limit, statements, aside);
}
