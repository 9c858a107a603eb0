import { type SQL, sql } from "drizzle-orm";
import { type Db, freshId } from "../db.ts";
import { invites } from "../schema/campaigns.ts";
import { ledger } from "../schema/ledger.ts";

/** What every new participant brings about, however they came in. */
export type Effects = {
  /** Picks the rows `p` that this very batch inserted, and nothing when it inserted none. */
  fresh: SQL;
  /** A code for the own invite of each of them. */
  codes: readonly string[];
  actor: string;
  newId: () => number;
};

/**
 * The statements behind the INSERT of participants: the seats, the ledger, the own invites and the uses of
 * the inviters'. All of them do nothing where the INSERT did nothing.
 */
export const joinEffects = (db: Db, { fresh, codes, actor, newId }: Effects) => {
  const nth = sql`row_number() OVER (ORDER BY p.id) - 1`;
  // `+` keeps the planner from the index of that column: the fresh rows are few, a group's are many.
  const each = (column: SQL, row: SQL) =>
    sql`(SELECT count(*) FROM participants p WHERE ${fresh} AND +${column} = ${row})`;
  return [
    db.q.run(sql`UPDATE groups SET used = used + ${each(sql`p.group_id`, sql`groups.id`)}
      WHERE id IN (SELECT p.group_id FROM participants p WHERE ${fresh})`),
    db.q.run(sql`INSERT INTO ledger (id, workspace_id, campaign_id, kind, participant_id, parent_id, group_id,
        invite_id, gate_version, actor, key, at)
      SELECT ${freshId(ledger, newId())} + ${nth}, p.workspace_id, p.campaign_id, 'joined', p.id, p.parent_id, p.group_id,
        p.invited_via, p.gate_version, ${actor}, '', p.joined_at FROM participants p WHERE ${fresh}`),
    db.q.run(sql`INSERT INTO invites (id, workspace_id, campaign_id, participant_id, code, created_at)
      SELECT ${freshId(invites, newId())} + ${nth}, p.workspace_id, p.campaign_id, p.id,
        json_extract(${JSON.stringify(codes)}, '$[' || (${nth}) || ']'), p.joined_at
      FROM participants p WHERE ${fresh}`),
    db.q.run(sql`UPDATE invites SET uses = uses + ${each(sql`p.invited_via`, sql`invites.id`)}
      WHERE id IN (SELECT p.invited_via FROM participants p WHERE ${fresh})`),
  ] as const;
};
