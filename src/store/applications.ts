import { type SQL, sql } from "drizzle-orm";
import type { ReviewState } from "../domain/criteria/facts.ts";
import type { ApplicationState, ReviewKind } from "../domain/review.ts";
import { formatId, type Id } from "../domain/id.ts";
import type { Locale } from "../domain/text.ts";
import { type Db, jsonRows } from "./db.ts";
import { prepared } from "./prepared.ts";
import { applications } from "./schema/gate.ts";
import { isOfParticipant } from "./waiting.ts";

/** Somebody's pending gate, with what its page says of the community and where it leads once they are in. */
export type Application = {
  id: Id;
  workspaceId: Id;
  campaignId: Id;
  identityHash: string;
  state: ApplicationState;
  sealed: string;
  ticket: string | null;
  tries: number;
  createdAt: number;
  updatedAt: number;
  dueAt: number | null;
  campaignName: string;
  communityName: string;
  locale: Locale | null;
  timezone: string;
  /** The person's cases in this campaign, appeals too. */
  reviews: {
    kind: ReviewKind;
    queue: string;
    state: ReviewState;
    tries: number;
    openedAt: number;
    dueAt: number;
    decidedAt: number | null;
    reason: string | null;
  }[];
  /** The participant that this very application became. */
  participantId: Id | null;
  /** It became a place on the waitlist. */
  waiting: boolean;
};

const byId = prepared<{ id: Id }>((slot) => [
  sql`SELECT json_object('id', a.id, 'workspaceId', a.workspace_id, 'campaignId', a.campaign_id,
      'identityHash', a.identity_hash, 'state', a.state, 'sealed', a.sealed, 'ticket', a.ticket, 'tries', a.tries,
      'createdAt', a.created_at, 'updatedAt', a.updated_at, 'dueAt', a.due_at, 'campaignName', c.name, 'communityName', m.name,
      'locale', m.locale, 'timezone', c.timezone,
      'reviews', (SELECT json_group_array(json_object('kind', r.kind, 'queue', r.queue, 'state', r.state,
          'tries', r.tries, 'openedAt', r.opened_at, 'dueAt', r.due_at, 'decidedAt', r.decided_at, 'reason', r.reason))
        FROM reviews r WHERE r.campaign_id = a.campaign_id AND r.identity_hash = a.identity_hash),
      'participantId', iif(a.state = 'admitted', (SELECT p.id FROM members e JOIN participants p ON p.member_id = e.id
        AND p.campaign_id = a.campaign_id WHERE e.community_id = c.community_id AND e.identity_hash = a.identity_hash), NULL),
      'waiting', a.state = 'admitted' AND EXISTS (SELECT 1 FROM members e JOIN waitlist w ON w.member_id = e.id
        AND w.campaign_id = a.campaign_id AND w.promoted_at IS NULL AND NOT ${isOfParticipant("w")}
        WHERE e.community_id = c.community_id AND e.identity_hash = a.identity_hash))
    FROM applications a JOIN campaigns c ON c.id = a.campaign_id JOIN communities m ON m.id = c.community_id
    WHERE a.id = ${slot("id", applications.id)}`,
]);

type Stored = Omit<Application, "id" | "workspaceId" | "campaignId" | "participantId" | "waiting"> & {
  id: number;
  workspaceId: number;
  campaignId: number;
  participantId: number | null;
  waiting: number;
};

/** One application, by its id alone: for its own pass and for jobs. One read. */
export async function findApplication(db: Db, id: Id): Promise<Application | undefined> {
  const [rows] = await db.run("read", byId({ id }));
  const [found] = jsonRows<Stored>((rows ?? []) as [string][]);
  return (
    found && {
      ...found,
      id: formatId("application", found.id),
      workspaceId: formatId("workspace", found.workspaceId),
      campaignId: formatId("campaign", found.campaignId),
      participantId: found.participantId === null ? null : formatId("participant", found.participantId),
      waiting: found.waiting === 1,
    }
  );
}

const due = prepared<{ now: number; limit: number }>((slot) => [
  sql`SELECT id FROM applications WHERE due_at <= ${slot("now")} ORDER BY due_at LIMIT ${slot("limit")}`,
]);

/** Applications that are to be judged again now, the one that waits longest first. One read. */
export async function findDueApplications(db: Db, now: number, limit: number): Promise<Id[]> {
  const [rows = []] = await db.run("read", due({ now, limit }));
  return rows.map(([id]) => formatId("application", Number(id)));
}

const settled = prepared<{ id: Id; dueAt: number | null; next: number | null }>((slot) => [
  sql`UPDATE applications SET due_at = ${slot("next")} WHERE id = ${slot("id", applications.id)}
    AND (state = 'pending' OR ${slot("next")} IS NULL) AND due_at IS ${slot("dueAt")}`,
]);

/** An application was looked at: it is due at `next`, unless something set another time since it was read. */
export async function settleApplication(
  db: Db,
  { id, dueAt }: Application,
  next: number | null,
): Promise<void> {
  if (dueAt !== null || next !== null) await db.run("write", settled({ id, dueAt, next }));
}

/**
 * Statements for the batch of whatever touches what a gate looks at (an order, a level, a list, a review): the
 * pending applications of these people are due, and so are the re-checks of those who are in.
 * @param hashes a sub-select of one column: identity hashes of workspace `workspace`
 */
export const nudge = (workspace: SQL, hashes: SQL, now: SQL | number): SQL[] => [
  // Never the same instant twice: whoever looked before this one must see that it is due again.
  sql`UPDATE applications SET due_at = iif(due_at <= ${now}, due_at + 1, ${now}) WHERE state = 'pending' AND id IN (SELECT a.id FROM (${hashes}) h
    CROSS JOIN applications a ON a.workspace_id = ${workspace} AND a.identity_hash = h.hash)`,
  sql`UPDATE checks SET due_at = ${now} WHERE due_at IS NOT NULL AND participant_id IN (SELECT p.id FROM (${hashes}) h
    CROSS JOIN communities m ON m.workspace_id = ${workspace}
    CROSS JOIN members e ON e.community_id = m.id AND e.identity_hash = h.hash
    CROSS JOIN campaigns c INDEXED BY campaigns_workspace ON c.workspace_id = ${workspace} AND c.community_id = m.id
    CROSS JOIN participants p ON p.campaign_id = c.id AND p.member_id = e.id)`,
];
