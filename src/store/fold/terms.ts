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
export const allTimeBoard = (campaign: SQL, metric: string): SQL =>
  sql`(SELECT b.id FROM boards b WHERE b.campaign_id = ${campaign} AND b.metric = ${metric} AND b.starts_at = 0
    AND b.ends_at = ${FOREVER} AND b.filter = '' AND b.state = 'live')`;
