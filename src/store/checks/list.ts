import { and, eq, type SQL, sql } from "drizzle-orm";
import type { CheckState } from "../../domain/elimination.ts";
import type { Id } from "../../domain/id.ts";
import type { PageAsk } from "../../domain/page.ts";
import { type Db, freshId } from "../db.ts";
import { byId } from "../paging.ts";
import { audit } from "../schema/audit.ts";
import { checks } from "../schema/gate.ts";
import { participants } from "../schema/people.ts";
import { ownParticipant } from "../standing/terms.ts";
import { inCampaign, type Tenant } from "../tenant.ts";

const columns = {
  participantId: checks.participantId,
  campaignId: checks.campaignId,
  state: checks.state,
  since: checks.since,
  graceUntil: checks.graceUntil,
  exemptUntil: checks.exemptUntil,
  dueAt: checks.dueAt,
  checkedAt: checks.checkedAt,
  leaves: checks.leaves,
  displayName: participants.displayName,
  groupId: participants.groupId,
};

const select = (db: Db) =>
  db.q.select(columns).from(checks).innerJoin(participants, eq(participants.id, checks.participantId));

/** How a member stands with the re-check. */
export type MemberCheck = Awaited<ReturnType<typeof select>>[number];

/** A page of a campaign's checks in one state, who came first before others. One read. */
export async function listChecks(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  state: CheckState,
  ask: PageAsk,
): Promise<MemberCheck[]> {
  const page = byId(checks.participantId, "oldest", ask);
  const scope = and(
    eq(checks.campaignId, campaignId),
    eq(checks.state, state),
    inCampaign(checks, tenant),
  ) as SQL;
  const [rows] = await db.readAside([
    select(db).where(page.where(scope)).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}

/** One member's check, or undefined. One read. */
export async function findCheck(db: Db, tenant: Tenant, participantId: Id): Promise<MemberCheck | undefined> {
  const [rows] = await db.read([
    select(db).where(and(eq(checks.participantId, participantId), inCampaign(checks, tenant))),
  ]);
  return rows[0];
}

/**
 * The statement that spares participants until an instant (null: no longer), whatever their gate says; they are
 * judged again at once. For the batch of whatever decides it, such as an appeal that is granted.
 * @param who a sub-select of one column: ids of participants
 */
export const sparing = (who: SQL, until: number | null, now: number): SQL =>
  sql`UPDATE checks SET exempt_until = ${until}, due_at = iif(due_at IS NULL, NULL, ${now})
    WHERE participant_id IN (${who})`;

/** Spares a member until an instant, or no longer, by an operator's word. One batch. */
export async function exempt(
  db: Db,
  tenant: Tenant,
  participantId: Id,
  until: number | null,
  deed: { actor: string; cause: string; id: number; at: number },
): Promise<void> {
  const mine = sql`SELECT p.id FROM participants p WHERE ${ownParticipant(tenant, participantId)}`;
  await db.write([
    db.q.run(sql`INSERT INTO audit (id, workspace_id, campaign_id, kind, subject, actor, reason, data, at)
      SELECT ${freshId(audit, deed.id)}, k.workspace_id, k.campaign_id, 'check.exempted', k.participant_id,
        ${deed.actor}, ${deed.cause}, json_object('until', ${until}), ${deed.at}
      FROM checks k WHERE k.participant_id IN (${mine}) AND k.exempt_until IS NOT ${until}`),
    db.q.run(sparing(mine, until, deed.at)),
  ]);
}
