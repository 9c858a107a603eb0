import { type SQL, sql } from "drizzle-orm";
import { type Db, freshId } from "../db.ts";
import { ledger } from "../schema/ledger.ts";

/** What tells whether a person is there. */
export const MOVEMENTS = ["joined", "left", "returned"] as const;

/**
 * `(left_at, qualified_at, foreseen)` of participant `p` at `now`, from all entries that tell of their coming
 * and going: whatever the order in which they came in. Where two are of one instant, the later one is `left`,
 * then `returned`. What is told of a time before the join says nothing of this stay. An arrival
 * qualifies if nobody left before its time came; one pass, so that a noisy connector costs little.
 */
export const derivedState = (now: number): SQL =>
  sql`SELECT max(iif(m.nth = 1 AND m.kind = 'left', m.at, NULL)) AS left_at,
      min(iif(m.kind <> 'left' AND m.q <= ${now} AND (m.gone IS NULL OR m.q <= m.gone), m.q, NULL)) AS qualified_at,
      min(iif(m.kind <> 'left' AND m.gone IS NULL, m.q, NULL)) AS foreseen
    FROM (SELECT l.kind, l.at, coalesce(l.qualifies_at, l.at) AS q,
        min(iif(l.kind = 'left', l.at, NULL)) OVER (ORDER BY l.at DESC) AS gone,
        row_number() OVER (ORDER BY l.at DESC, l.kind = 'left' DESC) AS nth
      FROM ledger l WHERE l.participant_id = p.id AND l.kind IN ('joined', 'left', 'returned') AND l.at >= p.joined_at) m`;

/** Keeps that participants `which` stayed long enough, where that is credited to somebody. Once an instant. */
const keepQualified = (db: Db, which: SQL, entryId: number) =>
  db.q.run(sql`INSERT INTO ledger (id, workspace_id, campaign_id, kind, participant_id, parent_id, group_id,
      invite_id, gate_version, rule_version, actor, key, at)
    SELECT ${freshId(ledger, entryId)} + row_number() OVER (ORDER BY p.id) - 1, p.workspace_id, p.campaign_id, 'qualified',
      p.id, p.inviter_id, p.group_id, p.invited_via, p.gate_version, c.rule_version, 'clock',
      CAST(${stayed} AS TEXT), ${stayed}
    FROM participants p JOIN campaigns c ON c.id = p.campaign_id
    WHERE ${which} AND p.inviter_id IS NOT NULL AND ${stayed} IS NOT NULL
    ON CONFLICT (participant_id, kind, key) DO NOTHING`);

/** When participant `p` qualified, or is about to. */
const stayed = sql`coalesce(p.qualified_at, p.qualifies_at)`;

/** The statements that make the state of participants `which` what their entries say. */
export const deriveState = (db: Db, which: SQL, now: number, entryId: number) =>
  [
    db.q.run(sql`UPDATE participants AS p SET (left_at, qualified_at, qualifies_at) = (
        SELECT d.left_at, d.qualified_at, iif(d.qualified_at IS NULL, d.foreseen, NULL) FROM (${derivedState(now)}) d)
      WHERE ${which}`),
    keepQualified(db, sql`${which} AND p.qualified_at IS NOT NULL`, entryId),
  ] as const;

/** The statements by which the time of participants `due` comes; the last one returns a row for each. */
export const comeTrue = (db: Db, due: SQL, entryId: number) =>
  [
    keepQualified(db, sql`p.id IN (${due})`, entryId),
    db.q.all<[number]>(sql`UPDATE participants SET qualified_at = qualifies_at, qualifies_at = NULL
      WHERE id IN (${due}) RETURNING 1`),
  ] as const;
