import { type SQL, sql } from "drizzle-orm";
import { CREDIT_STATES, readCredit, STANDINGS } from "../../domain/credit.ts";
import { FOREVER } from "../../domain/board.ts";
import { METRICS } from "../../domain/metrics/index.ts";
import type { Metric } from "../../domain/metrics/types.ts";

/** The number of `creditState` for participant `p` as they stand now. */
export const stateNow = sql.raw(
  `(p.left_at IS NULL) + 2 * (p.qualified_at IS NOT NULL) + 4 * CASE p.standing ${STANDINGS.map(
    (standing, i) => `WHEN '${standing}' THEN ${i}`,
  ).join(" ")} ELSE 0 END`,
);

/** Whether a state, as an SQL expression, counts for a metric. */
export const countsFor = ({ counts }: Metric, state: string): string =>
  `${state} IN (${CREDIT_STATES.filter((one) => counts(readCredit(one))).join(", ")})`;

/** The instant at which the credit `k` of participant `p` came in, for a metric. */
export const instantFor = ({ when }: Metric): string =>
  when === "joined" ? "p.joined_at" : "k.qualified_at";

/** The kinds of metrics with a reach, as an SQL list. */
export const kindsOf = (reach: Metric["reach"]): SQL =>
  sql.raw(
    METRICS.filter((metric) => metric.reach === reach)
      .map(({ kind }) => `'${kind}'`)
      .join(", "),
  );

/** The boards `b` of a campaign that folds keep. */
export const keptBoards = (campaign: SQL): SQL =>
  sql`b.campaign_id = ${campaign} AND b.state IN ('building', 'live')`;

/** The board of all time for everybody, by metric, of the campaign `campaign`: an id, or NULL. */
export const allTimeBoard = (campaign: SQL, metric: string | SQL): SQL =>
  sql`(SELECT b.id FROM boards b WHERE b.campaign_id = ${campaign} AND b.metric = ${metric} AND b.starts_at = 0
    AND b.ends_at = ${FOREVER} AND b.filter = '' AND b.state = 'live')`;

/** Whether participant `p` is one of those whom the filter of board `b` ranks. See `boardFilter`. */
export const matches = sql.raw(`(
  (b.filter->>'channel' IS NULL OR EXISTS (SELECT 1 FROM invites i
    WHERE i.id = coalesce(p.credited_via, p.invited_via) AND i.channel = b.filter->>'channel'))
  AND (b.filter->>'region' IS NULL OR p.attributes->>'region' = b.filter->>'region')
  AND (b.filter->>'tag' IS NULL OR instr(',' || replace(coalesce(p.attributes->>'tags', ''), ' ', '') || ',',
    ',' || replace(b.filter->>'tag', ' ', '') || ',') > 0)
  AND (b.filter->>'depth' IS NULL OR p.depth + p.level_shift = b.filter->>'depth'))`);

/** The last entry of a campaign's ledger that is folded. */
const foldedTo = (campaign: SQL): SQL =>
  sql`coalesce((SELECT f.upto FROM folds f WHERE f.campaign_id = ${campaign}), 0)`;

/**
 * How far the boards of a campaign are behind at `now`, as a JSON value (see `Lag`).
 * @param upto the last entry that is folded, where the statement has it already
 */
export const lagOf = (campaign: SQL, now: number | SQL, upto = foldedTo(campaign)): SQL =>
  sql`json_object('firstUnfolded', (SELECT min(l.id) FROM ledger l WHERE l.campaign_id = ${campaign} AND l.id > ${upto}),
    'dueSince', (SELECT min(p.qualifies_at) FROM participants p INDEXED BY participants_due
      WHERE p.campaign_id = ${campaign} AND p.qualifies_at IS NOT NULL AND p.qualifies_at <= ${now}))`;

/** The keys of a board's scores: they lie by participant, and a board's own are found by its two indexes. */
export const scoresOf = (boardId: SQL): SQL =>
  sql`SELECT y.board_id, y.participant_id FROM tallies y INDEXED BY tallies_rank WHERE y.board_id = ${boardId} AND y.ranked = 1
    UNION ALL SELECT y.board_id, y.participant_id FROM tallies y INDEXED BY tallies_unranked
      WHERE y.board_id = ${boardId} AND y.ranked = 0`;
