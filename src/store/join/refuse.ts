import { type SQL, sql } from "drizzle-orm";
import { formatId, type Id } from "../../domain/id.ts";
import { type Db, freshId, jsonRows } from "../db.ts";
import { perShape, prepared, type Slot } from "../prepared.ts";
import { audit } from "../schema/audit.ts";
import { applications, reviews } from "../schema/gate.ts";
import { endApplication, type Kept, keepEvaluation, keptOf } from "./kept.ts";
import { readStanding, selectStanding, type Standing } from "./standing.ts";
import { type Prospect, type StoredEvaluation, type Terms, terms } from "./terms.ts";

/** What is kept of somebody whose gate is pending, so that they come in once it passes. */
export type NewApplication = {
  /** The form as it was sent, encrypted. */
  sealed: string;
  /** Who may replace what was sent before under this identity: its sender, and who vouches for it. */
  vouched: boolean;
  /** The application whose pass the same browser holds. */
  holds: Id | null;
  /** When to judge it again. */
  dueAt: number | null;
  /** The cases that reviewers have to decide, and by when. */
  reviews: { cases: readonly NewCase[]; evidence: string; dueAt: number };
};

/** A case in a queue. `tries`: the next one of a case that was decided against, which is opened once more; else 1. */
export type NewCase = { queue: string; tries: number };

/**
 * The application that a refusal ends: the one that the same browser holds, or the one on whose behalf the gate
 * was judged again (`again`), and when that was due, as it was read before.
 */
export type Ended = { id: Id | null; again: boolean; dueAt: number | null };

/** An application as its sender may see it: `attempt` tells whether this very request wrote it. */
export type OwnApplication = { id: Id; attempt: number; ticket: string | null };

type Bound = Kept & {
  sealed: string;
  vouched: number;
  holds: Id | null;
  dueAt: number | null;
  seenDueAt: number | null;
  again: number;
  cases: string;
  evidence: string;
  reviewDueAt: number;
  actor: string;
};

/**
 * A stranger who types the same identity changes nothing: the ticket, the browser or a server shows whose it is.
 * Where something made it due since it was read, it stays due.
 */
const keepApplication = (t: Terms, slot: Slot<Bound>, outside: SQL) =>
  sql`INSERT INTO applications (id, workspace_id, campaign_id, identity_hash, invite_id, gate_version, state, sealed,
      attempt, ticket, created_at, updated_at, due_at)
    SELECT ${freshId(applications, slot("id"))}, ${t.workspace}, ${t.campaign}, ${t.identityHash}, ${t.invite},
      ${slot("gateVersion")}, 'pending', ${slot("sealed")}, ${t.attempt}, ${t.ticket}, ${t.now}, ${t.now}, ${slot("dueAt")}
    WHERE ${outside}
    ON CONFLICT (campaign_id, identity_hash) DO UPDATE SET invite_id = excluded.invite_id,
      gate_version = excluded.gate_version, state = 'pending', sealed = excluded.sealed, attempt = excluded.attempt,
      ticket = excluded.ticket, tries = tries + 1, updated_at = excluded.updated_at,
      due_at = iif(${slot("again")} AND due_at IS NOT ${slot("seenDueAt")}, due_at, excluded.due_at)
    WHERE ${slot("vouched")} OR ticket = excluded.ticket OR id = ${slot("holds", applications.id)}`;

/**
 * A case for each queue that waits for a decision. One that was decided against is opened once more, if it was
 * this decision that the person has read: `tries` says which.
 */
const openReviews = (t: Terms, slot: Slot<Bound>) =>
  sql`INSERT INTO reviews (id, workspace_id, campaign_id, identity_hash, kind, queue, application_id, state, evidence,
      opened_at, due_at, tries, updated_at)
    SELECT f.id + q.key, a.workspace_id, a.campaign_id, a.identity_hash, 'entry', q.value->>0, a.id, 'open',
      ${slot("evidence")}, ${t.now}, ${slot("reviewDueAt")}, q.value->>1, ${t.now}
    FROM (SELECT ${freshId(reviews, slot("id"))} AS id) f CROSS JOIN json_each(${slot("cases")}) q
      JOIN applications a ON a.campaign_id = ${t.campaign} AND a.identity_hash = ${t.identityHash}
    WHERE a.attempt = ${t.attempt}
    ON CONFLICT (campaign_id, identity_hash, kind, queue) DO UPDATE SET state = 'open', evidence = excluded.evidence,
      application_id = excluded.application_id, updated_at = excluded.updated_at,
      opened_at = iif(state = 'open', opened_at, excluded.opened_at), due_at = iif(state = 'open', due_at, excluded.due_at),
      tries = iif(state = 'open', tries, excluded.tries), assignee = iif(state = 'open', assignee, NULL),
      decided_at = NULL, decided_by = NULL, reason = NULL
    WHERE state = 'open' OR (state = 'rejected' AND excluded.tries = tries + 1)`;

/** The cases that this batch opened, in the audit trail: each opening once, whoever else came in the same instant. */
const auditOpened = (t: Terms, slot: Slot<Bound>) =>
  sql`INSERT INTO audit (id, workspace_id, campaign_id, kind, subject, actor, data, at)
    SELECT ${freshId(audit, slot("id"))} + row_number() OVER (ORDER BY r.id) - 1, r.workspace_id, r.campaign_id,
      'review.opened', r.id, ${slot("actor")}, json_object('kind', r.kind, 'queue', r.queue, 'tries', r.tries), ${t.now}
    FROM applications a CROSS JOIN reviews r ON r.campaign_id = a.campaign_id AND r.identity_hash = a.identity_hash
      AND r.kind = 'entry' AND r.state = 'open' AND r.opened_at = ${t.now}
    WHERE changes() > 0 AND a.campaign_id = ${t.campaign} AND a.identity_hash = ${t.identityHash}
      AND a.attempt = ${t.attempt} AND NOT EXISTS (SELECT 1 FROM audit u WHERE u.workspace_id = r.workspace_id
        AND u.kind = 'review.opened' AND u.subject = r.id AND u.data->>'tries' = r.tries)`;

const selectApplication = (t: Terms) =>
  sql`SELECT json_array(a.id, a.attempt, a.ticket) FROM applications a
    WHERE a.campaign_id = ${t.campaign} AND a.identity_hash = ${t.identityHash} AND a.state = 'pending'`;

/** Nothing made the application due since it was read. */
const unmoved = (t: Terms, slot: Slot<Bound>) =>
  sql`(due_at IS NULL OR due_at > ${t.now} OR due_at = ${slot("seenDueAt")})`;

/** What becomes of an application: none is there, it is kept, or it ends. */
type Fate = "none" | "keep" | "end";

/** The result of a gate that did not let the prospect in. */
const refusal = perShape((fate: Fate) =>
  prepared<Bound>((slot) => {
    const t = terms(slot);
    const outside = sql`NOT EXISTS (SELECT 1 FROM participants p WHERE ${t.person})`;
    const fates = {
      none: [],
      keep: [
        keepApplication(t, slot, outside),
        openReviews(t, slot),
        auditOpened(t, slot),
        selectApplication(t),
      ],
      end: [
        endApplication(
          t,
          slot("holds", applications.id),
          "rejected",
          sql`${outside} AND ${unmoved(t, slot)}`,
        ),
      ],
    };
    return [keepEvaluation(t, slot, outside), ...fates[fate], selectStanding(t)];
  }),
);

/**
 * Keeps the result of a gate that did not let the prospect in, and the application of one that may still.
 * One batch; whoever is in already changes nothing.
 * @param ended the application that this refusal ends (its id null: only one with the same ticket), or null: none
 */
export async function refuse(
  db: Db,
  prospect: Prospect,
  evaluation: StoredEvaluation,
  id: number,
  application: NewApplication | null,
  ended: Ended | null,
  actor: string,
): Promise<{ standing: Standing; application: OwnApplication | null }> {
  const bound: Bound = {
    ...keptOf(prospect, evaluation, id),
    sealed: application?.sealed ?? "",
    vouched: application?.vouched ? 1 : 0,
    holds: application?.holds ?? ended?.id ?? null,
    dueAt: application?.dueAt ?? null,
    seenDueAt: ended?.dueAt ?? null,
    again: ended?.again ? 1 : 0,
    cases: JSON.stringify((application?.reviews.cases ?? []).map(({ queue, tries }) => [queue, tries])),
    actor,
    evidence: application?.reviews.evidence ?? "",
    reviewDueAt: application?.reviews.dueAt ?? 0,
  };
  const fate = application !== null ? "keep" : ended === null ? "none" : "end";
  const results = await db.run("write", refusal(fate)(bound));
  const rows = fate === "keep" ? ((results.at(-2) ?? []) as [string][]) : [];
  const [found] = jsonRows<[id: number, attempt: number, ticket: string | null]>(rows);
  return {
    standing: readStanding(results),
    application: found
      ? { id: formatId("application", found[0]), attempt: found[1], ticket: found[2] }
      : null,
  };
}
