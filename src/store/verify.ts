import { type SQL, sql } from "drizzle-orm";
import { METRICS } from "../domain/metrics/index.ts";
import { type Db, jsonQuery, jsonRows } from "./db.ts";

/** A counter that is not what the ledger gives. `what` names it; both values are as read. */
export type Difference = { what: string; id: number; stored: number; derived: number };

/** What the ledger says that a metric's scores must be: everybody with a score above zero. */
function derivedScores(reach: "inviter" | "lineage"): SQL {
  const credits = sql`SELECT l.participant_id AS id, l.parent_id AS above FROM ledger l WHERE l.kind = 'joined'`;
  return reach === "inviter"
    ? sql`SELECT above AS id, count(*) AS score FROM (${credits}) WHERE above IS NOT NULL GROUP BY above`
    : sql`WITH RECURSIVE up(id, above) AS (${credits} UNION ALL
        SELECT up.id, p.parent_id FROM up JOIN participants p ON p.id = up.above WHERE up.above IS NOT NULL)
      SELECT above AS id, count(*) AS score FROM up WHERE above IS NOT NULL GROUP BY above`;
}

/**
 * Recomputes every counter and score from the ledger and names each difference. One read.
 * Covers all workspaces: it is the operator's check, never reachable through the API.
 */
export async function findDifferences(db: Db): Promise<Difference[]> {
  const compare = (what: string, stored: SQL, derived: SQL) =>
    jsonQuery(
      db,
      sql`SELECT json_object('what', ${what}, 'id', id, 'stored', sum(stored), 'derived', sum(derived)) FROM (
        SELECT id, n AS stored, 0 AS derived FROM (${stored}) UNION ALL
        SELECT id, 0, n FROM (${derived})) GROUP BY id HAVING sum(stored) <> sum(derived)`,
    );
  const results = await db.read([
    compare(
      "groups.used",
      sql`SELECT id, used AS n FROM groups`,
      sql`SELECT group_id AS id, count(*) AS n FROM ledger WHERE kind = 'joined' GROUP BY group_id`,
    ),
    compare(
      "invites.uses",
      sql`SELECT id, uses AS n FROM invites`,
      sql`SELECT invite_id AS id, count(*) AS n FROM ledger WHERE kind = 'joined' GROUP BY invite_id`,
    ),
    compare(
      "participants",
      sql`SELECT id, 1 AS n FROM participants`,
      sql`SELECT participant_id AS id, count(*) AS n FROM ledger WHERE kind = 'joined' GROUP BY participant_id`,
    ),
    compare(
      "own invites",
      sql`SELECT participant_id AS id, count(*) AS n FROM invites WHERE participant_id IS NOT NULL GROUP BY participant_id`,
      sql`SELECT id, 1 AS n FROM participants`,
    ),
    ...METRICS.map(({ kind, reach }) =>
      compare(
        `scores.${kind}`,
        sql`SELECT participant_id AS id, score AS n FROM scores WHERE metric = ${kind} AND period = 'all'`,
        sql`SELECT id, score AS n FROM (${derivedScores(reach)})`,
      ),
    ),
  ]);
  return results.flatMap((rows) => jsonRows<Difference>(rows));
}
