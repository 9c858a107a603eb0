import { type SQL, sql } from "drizzle-orm";
import { DEFAULT_RECHECK } from "../../domain/elimination.ts";
import { freshId } from "../db.ts";
import { invites } from "../schema/campaigns.ts";
import { ledger } from "../schema/ledger.ts";

/** What every new participant brings about, however they came in. */
export type Effects = {
  /** Picks the rows `p` that this very batch inserted, and nothing when it inserted none. */
  fresh: SQL;
  /** The codes for their own invites: the one person's; a JSON list for as many as there may be; or by `attempt`. */
  code: { one: SQL } | { list: SQL } | { byAttempt: SQL };
  actor: SQL;
  id: SQL;
  /** Whether their gate may have leaves that are judged again; false spares looking. */
  rechecks: boolean;
};

/**
 * The statements behind the INSERT of participants: the seats, the ledger, the own invites and the uses of
 * the inviters'. All of them do nothing where the INSERT did nothing.
 */
export function joinEffects({ fresh, code, actor, id, rechecks }: Effects): SQL[] {
  const alone = "one" in code;
  const nth = (order: SQL) => (alone ? sql`` : sql`+ row_number() OVER (ORDER BY ${order}) - 1`);
  const counted = (counter: SQL, column: SQL) =>
    alone
      ? sql`${counter} + 1 WHERE id = (SELECT ${column} FROM participants p WHERE ${fresh})`
      : sql`${counter} + k.n FROM (SELECT ${column} AS of, count(*) AS n FROM participants p WHERE ${fresh} GROUP BY 1) k
          WHERE id = k.of`;
  const codeOf =
    "one" in code
      ? code.one
      : "list" in code
        ? sql`json_extract(${code.list}, '$[' || (row_number() OVER (ORDER BY p.id) - 1) || ']')`
        : sql`json_extract(${code.byAttempt}, '$."' || p.attempt || '"')`;
  return [
    sql`UPDATE groups SET used = ${counted(sql`used`, sql`p.group_id`)}`,
    // Whoever need not wait to qualify has done so with the join, where that is credited to somebody.
    sql`INSERT INTO ledger (id, workspace_id, campaign_id, kind, participant_id, parent_id, group_id, invite_id,
        gate_version, rule_version, qualifies_at, actor, key, at)
      SELECT ${freshId(ledger, id)} ${alone ? sql`+ e.n` : nth(sql`p.id, e.n`)}, p.workspace_id, p.campaign_id,
        iif(e.n, 'qualified', 'joined'), p.id, p.parent_id, p.group_id, p.invited_via, p.gate_version, c.rule_version,
        iif(e.n, NULL, coalesce(p.qualified_at, p.qualifies_at)), iif(e.n, 'clock', ${actor}),
        iif(e.n, CAST(p.qualified_at AS TEXT), ''), p.joined_at
      FROM participants p JOIN campaigns c ON c.id = p.campaign_id JOIN (SELECT 0 AS n UNION ALL SELECT 1) e
      WHERE ${fresh} AND (e.n = 0 OR (p.qualified_at IS NOT NULL AND p.parent_id IS NOT NULL))`,
    sql`INSERT INTO invites (id, workspace_id, campaign_id, participant_id, code, created_at)
      SELECT ${freshId(invites, id)} ${nth(sql`p.id`)}, p.workspace_id, p.campaign_id, p.id,
        ${codeOf}, p.joined_at
      FROM participants p WHERE ${fresh}`,
    sql`UPDATE invites SET uses = ${counted(sql`uses`, sql`p.invited_via`)}`,
    // Whoever came by a gate with a leaf for it is judged again.
    ...(rechecks ? [checking(fresh)] : []),
  ];
}

const checking = (fresh: SQL): SQL =>
  sql`INSERT INTO checks (participant_id, workspace_id, campaign_id, state, due_at)
      SELECT p.id, p.workspace_id, p.campaign_id, 'passing',
        p.joined_at + coalesce(json_extract(c.settings, '$.recheck.everyHours'), ${sql.raw(String(DEFAULT_RECHECK.everyHours))}) * 3600000
      FROM participants p JOIN gates v ON v.campaign_id = p.campaign_id AND v.version = p.gate_version
        JOIN campaigns c ON c.id = p.campaign_id WHERE ${fresh} AND v.rechecks = 1`;
