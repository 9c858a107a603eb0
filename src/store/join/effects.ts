import { type SQL, sql } from "drizzle-orm";
import { METRICS } from "../../domain/metrics/index.ts";
import { type Db, freshId } from "../db.ts";
import { invites } from "../schema/campaigns.ts";
import { ledger } from "../schema/ledger.ts";

/** What every new participant brings about, however they came in. */
export type Effects = {
  /** Picks the row `p` that this very batch inserted, and nothing when it inserted none. */
  fresh: SQL;
  /** The code of the participant's own invite. */
  code: string;
  actor: string;
  newId: () => number;
};

/** The statements that add to every score that a new participant changes, one a metric. */
const addScores = (db: Db, fresh: SQL) =>
  METRICS.filter((metric) => metric.delta({ kind: "joined" }) !== 0).map(({ kind, reach, delta }) => {
    const columns = sql`p.parent_id, p.workspace_id, p.campaign_id, p.joined_at`;
    const inviter = sql`SELECT ${columns} FROM participants p WHERE ${fresh} AND p.parent_id IS NOT NULL`;
    const lineage = sql`${inviter} UNION ALL SELECT q.parent_id, up.workspace_id, up.campaign_id, up.at
      FROM up JOIN participants q ON q.id = up.id WHERE q.parent_id IS NOT NULL`;
    return db.q
      .run(sql`INSERT INTO scores (workspace_id, campaign_id, metric, period, participant_id, score, reached_at)
      WITH RECURSIVE up(id, workspace_id, campaign_id, at) AS (${reach === "inviter" ? inviter : lineage})
      SELECT up.workspace_id, up.campaign_id, ${kind}, 'all', up.id, ${delta({ kind: "joined" })}, up.at FROM up WHERE true
      ON CONFLICT (campaign_id, metric, period, participant_id) DO UPDATE
        SET score = score + excluded.score, reached_at = max(reached_at, excluded.reached_at)`);
  });

/**
 * The statements behind a participant's INSERT: the seat, the ledger, the own invite, the use of the
 * inviter's, and the scores. All of them do nothing where the INSERT did nothing.
 */
export const joinEffects = (db: Db, { fresh, code, actor, newId }: Effects) => [
  db.q.run(sql`UPDATE groups SET used = used + 1
    WHERE id = (SELECT p.group_id FROM participants p WHERE ${fresh})`),
  db.q.run(sql`INSERT INTO ledger (id, workspace_id, campaign_id, kind, participant_id, parent_id, group_id,
      invite_id, gate_version, actor, key, at)
    SELECT ${freshId(ledger, newId())}, p.workspace_id, p.campaign_id, 'joined', p.id, p.parent_id, p.group_id,
      p.invited_via, p.gate_version, ${actor}, '', p.joined_at FROM participants p WHERE ${fresh}`),
  db.q.run(sql`INSERT INTO invites (id, workspace_id, campaign_id, participant_id, code, created_at)
    SELECT ${freshId(invites, newId())}, p.workspace_id, p.campaign_id, p.id, ${code}, p.joined_at
    FROM participants p WHERE ${fresh}`),
  db.q.run(sql`UPDATE invites SET uses = uses + 1
    WHERE id = (SELECT p.invited_via FROM participants p WHERE ${fresh})`),
  ...addScores(db, fresh),
];
