import { type SQL, sql } from "drizzle-orm";
import { type Happening, MEASURES, type Slice } from "../../domain/growth-cells.ts";
import { isOut } from "../standing/terms.ts";
import {
  awayAfter,
  CONFIRMED_AT,
  CREDITED,
  movements,
  PART,
  quarterIn,
  spanIn,
  type Tables,
} from "./terms.ts";

/** `person`: a row for everybody in a campaign, with all that is counted of them. */
export const personOf = (campaign: SQL, now: number): SQL => sql`
  leaver(id) AS MATERIALIZED (SELECT l.participant_id FROM ledger l
    WHERE l.campaign_id = ${campaign} AND l.kind IN ('left', 'removed', 'released')),
  children AS MATERIALIZED (SELECT p.inviter_id AS id, count(*) AS n FROM participants p
    WHERE p.campaign_id = ${campaign} AND p.inviter_id IS NOT NULL AND ${sql.raw(CREDITED)} GROUP BY p.inviter_id),
  person AS MATERIALIZED (SELECT *, qualified AND left_at IS NULL AND standing IS NULL AS validated FROM (
    SELECT p.id, p.left_at, p.standing, p.inviter_id, p.qualified_at, p.depth + p.level_shift AS generation,
      ${sql.raw(PART)} AS via, ${sql.raw(quarterIn("p.joined_at"))} AS quarter, 1 AS people,
      ${sql.raw(CONFIRMED_AT)} IS NOT NULL AS confirmed,
      p.qualified_at IS NOT NULL OR coalesce(p.qualifies_at <= ${now}, 0) AS qualified,
      p.left_at IS NULL AND NOT ${isOut("p.standing")} AS present,
      ${sql.raw(awayAfter.map(([mark, away]) => `iif(p.id IN leaver, ${away}, 0) AS ${mark}`).join(", "))},
      coalesce(b.n, 0) AS brought, b.n IS NOT NULL AS inviters
    FROM participants p JOIN invites i ON i.id = coalesce(p.credited_via, p.invited_via)
      LEFT JOIN children b ON b.id = p.id
    WHERE p.campaign_id = ${campaign}))`;

/** `tree(id, root)`, behind `person`: the invite that brought the root of everybody's tree. */
export const treeOf = sql`tree(id, root) AS (SELECT id, via FROM person WHERE generation = 0
    UNION ALL SELECT c.id, tree.root FROM tree JOIN participants c ON c.inviter_id = tree.id)`;

function cells(slice: Slice, campaign: SQL, now: number): SQL {
  const sums = sql.raw(MEASURES.map((measure) => `sum(${measure}) AS ${measure}`).join(", "));
  const by: Record<Slice, SQL> = {
    all: sql`SELECT 0 AS part, quarter, ${sums} FROM person GROUP BY quarter`,
    via: sql`SELECT via AS part, quarter, ${sums} FROM person GROUP BY via, quarter`,
    root: sql`SELECT tree.root AS part, quarter, ${sums} FROM tree JOIN person ON person.id = tree.id GROUP BY tree.root, quarter`,
    generation: sql`SELECT generation AS part, 0 AS quarter, ${sums} FROM person GROUP BY generation`,
  };
  return sql`${personOf(campaign, now)}, ${slice === "root" ? sql`${treeOf},` : sql``} cells AS MATERIALIZED (${by[slice]})`;
}

/** Only what changed something is a leave or a return. */
function happened(kind: Happening, campaign: SQL, now: number): SQL {
  const moved = (entry: string, from: string) => sql`SELECT at FROM (${movements(sql`ledger l
      JOIN participants p ON p.id = l.participant_id WHERE l.campaign_id = ${campaign}
      AND l.kind IN ('joined', 'left', 'returned') AND l.at >= p.joined_at`)})
    WHERE kind = ${entry} AND ${sql.raw(from)}`;
  const instants: Record<Happening, SQL> = {
    confirmed: sql`SELECT ${sql.raw(CONFIRMED_AT)} AS at FROM participants p WHERE p.campaign_id = ${campaign}`,
    qualified: sql`SELECT coalesce(p.qualified_at, iif(p.qualifies_at <= ${now}, p.qualifies_at, NULL)) AS at
      FROM participants p WHERE p.campaign_id = ${campaign}`,
    leaves: moved("left", "before <> 'left'"),
    returns: moved("returned", "before = 'left'"),
  };
  return sql`happened AS MATERIALIZED (SELECT ${sql.raw(quarterIn("at"))} AS quarter, count(*) AS n
    FROM (${instants[kind]}) WHERE at IS NOT NULL GROUP BY 1)`;
}

/** Everything counted anew from people, ledger, scans and gates: what it costs grows with the campaign. */
export const RECOUNT: Tables = {
  cells,
  happened,
  /** Of friends who count and joined after their inviter of today. */
  cycles: (slice, campaign) => {
    const part = slice === "all" ? quarterIn("u.joined_at") : "u.depth + u.level_shift";
    const seconds = "((p.joined_at - u.joined_at) / 1000)";
    return sql`cycles AS MATERIALIZED (SELECT ${sql.raw(part)} AS part, ${sql.raw(spanIn(seconds))} AS span, count(*) AS n
      FROM participants p JOIN participants u ON u.id = p.inviter_id
      WHERE p.campaign_id = ${campaign} AND ${sql.raw(CREDITED)} AND p.joined_at >= u.joined_at GROUP BY 1, 2)`;
  },
  scanned: (slice, campaign) =>
    sql`scanned AS MATERIALIZED (SELECT ${sql.raw(slice === "all" ? "0" : PART)} AS part,
        ${sql.raw(quarterIn("s.at"))} AS quarter, count(*) AS n
      FROM scans s JOIN invites i ON i.id = s.invite_id
      WHERE s.campaign_id = ${campaign} AND s.kind = 'person' GROUP BY 1, 2)`,
  /** People by when they first stood at the gate, whatever its version. */
  gated: (campaign) =>
    sql`gated AS MATERIALIZED (SELECT ${sql.raw(quarterIn("e.created_at"))} AS quarter, count(*) AS people,
        sum(EXISTS (SELECT 1 FROM evaluations o WHERE o.campaign_id = e.campaign_id AND o.identity_hash = e.identity_hash
          AND o.result = 'pass')) AS passed
      FROM evaluations e WHERE e.campaign_id = ${campaign} AND NOT EXISTS (SELECT 1 FROM evaluations o
        WHERE o.campaign_id = e.campaign_id AND o.identity_hash = e.identity_hash AND o.id < e.id) GROUP BY 1)`,
};
