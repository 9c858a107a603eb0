import { and, type SQL, sql } from "drizzle-orm";
import { type Id, parseId } from "../domain/id.ts";
import type { Verdict } from "../domain/review.ts";
import { nudge } from "./applications.ts";
import { type Db, freshId } from "./db.ts";
import { ownReview, type Review, reviewColumns } from "./reviews.ts";
import { audit } from "./schema/audit.ts";
import { reviews } from "./schema/gate.ts";
import { inCampaign, type Tenant } from "./tenant.ts";

/** One decision; `expectedTries` null: whichever try of the person's it is. */
export type Decision = {
  id: Id;
  to: Verdict;
  reason: string | null;
  expectedTries: number | null;
  /** For a member's appeal that is granted: until when they are spared. */
  exemptUntil: number;
};

/**
 * Decides cases that are open, each by itself, and answers all of them as they are then: of two reviewers one
 * decides, and the other reads what was decided. One batch, with what follows: the audit trail; an appeal
 * that is granted approves the case that it is about, or spares the member; whoever waits is judged again.
 */
export async function decideReviews(
  db: Db,
  tenant: Tenant,
  decisions: readonly Decision[],
  by: { actor: string; entryId: number; now: number },
): Promise<Review[]> {
  const { actor, entryId, now } = by;
  const given = JSON.stringify(
    decisions.map(({ id, to, reason, expectedTries, exemptUntil }) => [
      parseId("review", id),
      to,
      reason,
      expectedTries,
      exemptUntil,
    ]),
  );
  const list = sql`(SELECT value->>0 AS id, value->>1 AS verdict, value->>2 AS reason, value->>3 AS tries,
    value->>4 AS until FROM json_each(${given}))`;
  const isOpen = sql`${ownReview(tenant)} AND r.state = 'open' AND (d.tries IS NULL OR d.tries = r.tries)`;
  // All statements ask the same, and the last one alone changes the answer: nothing comes between them.
  const open = sql`${list} d CROSS JOIN reviews r ON r.id = d.id AND ${isOpen}`;
  const approved = sql`${open} AND d.verdict = 'approved'`;
  const granted = sql`${approved} AND r.kind = 'appeal'`;
  // An appeal and the case that it is about: whichever is approved approves the other.
  const twins = sql`${approved} CROSS JOIN reviews e ON e.campaign_id = r.campaign_id
    AND e.identity_hash = r.identity_hash AND e.kind <> r.kind AND e.queue = r.queue
    AND (e.state = 'open' OR (e.kind = 'entry' AND e.state = 'rejected')) AND e.id NOT IN (SELECT o.id FROM ${list} o)`;
  const entry = (which: "r" | "e", verdict: SQL, from: SQL) => {
    const one = sql.raw(which);
    return db.q
      .run(sql`INSERT INTO audit (id, workspace_id, campaign_id, kind, subject, actor, reason, data, at)
      SELECT ${freshId(audit, entryId)} + row_number() OVER (ORDER BY ${one}.id) - 1, ${one}.workspace_id,
        ${one}.campaign_id, 'review.' || ${verdict}, ${one}.id, ${actor}, d.reason,
        json_object('kind', ${one}.kind, 'queue', ${one}.queue, 'tries', ${one}.tries), ${now} FROM ${from}`);
  };
  const results = await db.write([
    entry("r", sql`d.verdict`, open),
    entry("e", sql`'approved'`, twins),
    db.q
      .run(sql`UPDATE reviews SET state = 'approved', decided_at = ${now}, decided_by = ${actor}, reason = n.reason,
        updated_at = ${now} FROM (SELECT e.id AS id, d.reason AS reason FROM ${twins}) n WHERE reviews.id = n.id`),
    db.q.run(sql`UPDATE applications SET state = 'pending', updated_at = ${now} WHERE state = 'rejected'
      AND id IN (SELECT r.application_id FROM ${granted})`),
    db.q
      .run(sql`UPDATE checks SET exempt_until = max(coalesce(checks.exempt_until, 0), n.until), due_at = ${now}
      FROM (SELECT r.participant_id AS id, d.until AS until FROM ${granted}) n WHERE checks.participant_id = n.id`),
    ...nudge(
      sql`${parseId("workspace", tenant.workspaceId)}`,
      sql`SELECT r.identity_hash AS hash FROM ${open}`,
      now,
    ).map((statement) => db.q.run(statement)),
    db.q.run(sql`UPDATE reviews AS r SET state = d.verdict, decided_at = ${now}, decided_by = ${actor},
        reason = d.reason, updated_at = ${now} FROM ${list} d WHERE r.id = d.id AND ${isOpen}`),
    db.q
      .select(reviewColumns)
      .from(reviews)
      .where(
        and(inCampaign(reviews, tenant), sql`${reviews.id} IN (SELECT value->>0 FROM json_each(${given}))`),
      ),
  ]);
  return results.at(-1) as Review[];
}
