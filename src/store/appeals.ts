import { type SQL, sql } from "drizzle-orm";
import { type Id, parseId } from "../domain/id.ts";
import { DEFAULT_REVIEW, REMOVAL_QUEUE } from "../domain/review.ts";
import { type Db, freshId } from "./db.ts";
import { audit } from "./schema/audit.ts";
import { reviews } from "./schema/gate.ts";

/** What an appeal brings: the evidence, sealed. */
export type NewAppeal = { evidence: string; entryId: number; now: number };

/** Until when a case of campaign `c` that is opened now is to be decided. */
const dueAt = (now: number): SQL => sql`${now} + coalesce(json_extract(c.settings, '$.review.slaHours'),
  ${sql.raw(String(DEFAULT_REVIEW.slaHours))}) * 3600000`;

const COLUMNS =
  sql.raw(`id, workspace_id, campaign_id, identity_hash, kind, queue, application_id, participant_id,
  state, evidence, opened_at, due_at, tries, updated_at`);

/** What an appeal against a later decision takes over from the one before. */
const REOPENED = sql.raw(`state = 'open', evidence = excluded.evidence, opened_at = excluded.opened_at,
  due_at = excluded.due_at, tries = excluded.tries, updated_at = excluded.updated_at,
  application_id = excluded.application_id, participant_id = excluded.participant_id,
  assignee = NULL, decided_at = NULL, decided_by = NULL, reason = NULL`);

/** Runs the INSERT and keeps what it opened in the audit trail; answers how many cases that is. One batch. */
async function open(db: Db, insert: SQL, mine: SQL, { entryId, now }: NewAppeal): Promise<number> {
  const [opened] = await db.write([
    db.q.all<[id: number]>(sql`${insert} RETURNING id`),
    db.q.run(sql`INSERT INTO audit (id, workspace_id, campaign_id, kind, subject, actor, data, at)
      SELECT ${freshId(audit, entryId)} + row_number() OVER (ORDER BY r.id) - 1, r.workspace_id, r.campaign_id,
        'review.opened', r.id, 'pass', json_object('kind', r.kind, 'queue', r.queue, 'tries', r.tries), ${now}
      FROM reviews r WHERE changes() > 0 AND ${mine} AND r.kind = 'appeal' AND r.state = 'open' AND r.opened_at = ${now}`),
  ]);
  return opened.length;
}

/**
 * Opens an appeal against each decision that turned an application down. A decision is appealed once: the
 * appeal bears its number. Answers how many were opened.
 */
export function appealRejection(db: Db, applicationId: Id, appeal: NewAppeal): Promise<number> {
  const { evidence, entryId, now } = appeal;
  const id = parseId("application", applicationId);
  const insert = sql`INSERT INTO reviews (${COLUMNS})
    SELECT ${freshId(reviews, entryId)} + row_number() OVER (ORDER BY e.id) - 1, e.workspace_id, e.campaign_id,
      e.identity_hash, 'appeal', e.queue, a.id, NULL, 'open', ${evidence}, ${now}, ${dueAt(now)}, e.tries, ${now}
    FROM applications a CROSS JOIN reviews e ON e.campaign_id = a.campaign_id AND e.identity_hash = a.identity_hash
      AND e.kind = 'entry' AND e.state = 'rejected' JOIN campaigns c ON c.id = a.campaign_id
    WHERE a.id = ${id} AND a.state IN ('pending', 'rejected')
    ON CONFLICT (campaign_id, identity_hash, kind, queue) DO UPDATE SET ${REOPENED} WHERE excluded.tries > tries`;
  return open(db, insert, sql`r.application_id = ${id}`, appeal);
}

/**
 * Opens a member's appeal against being removed: once since they ceased to pass. Whom an operator removed
 * is not judged again, and has none. Answers how many were opened: one, or none.
 */
export function appealRemoval(db: Db, participantId: Id, appeal: NewAppeal): Promise<number> {
  const { evidence, entryId, now } = appeal;
  const id = parseId("participant", participantId);
  const insert = sql`INSERT INTO reviews (${COLUMNS})
    SELECT ${freshId(reviews, entryId)}, p.workspace_id, p.campaign_id, m.identity_hash, 'appeal', ${REMOVAL_QUEUE},
      NULL, p.id, 'open', ${evidence}, ${now}, ${dueAt(now)},
      1 + coalesce((SELECT o.tries FROM reviews o WHERE o.campaign_id = p.campaign_id
        AND o.identity_hash = m.identity_hash AND o.kind = 'appeal' AND o.queue = ${REMOVAL_QUEUE}), 0), ${now}
    FROM checks k JOIN participants p ON p.id = k.participant_id JOIN members m ON m.id = p.member_id
      JOIN campaigns c ON c.id = p.campaign_id
    WHERE k.participant_id = ${id} AND (k.state IN ('warned', 'due') OR (k.state = 'removed' AND k.due_at IS NOT NULL))
    ON CONFLICT (campaign_id, identity_hash, kind, queue) DO UPDATE SET ${REOPENED}
      WHERE state <> 'open' AND opened_at < (SELECT k.since FROM checks k WHERE k.participant_id = ${id})`;
  return open(db, insert, sql`r.participant_id = ${id}`, appeal);
}
