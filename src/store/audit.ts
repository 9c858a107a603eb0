import { and, eq, getTableColumns, inArray, type SQL } from "drizzle-orm";
import type { AuditKind } from "../domain/audit.ts";
import type { Id } from "../domain/id.ts";
import type { PageAsk } from "../domain/page.ts";
import type { Db } from "./db.ts";
import { byId } from "./paging.ts";
import { audit } from "./schema/audit.ts";
import { inCampaign, type Tenant } from "./tenant.ts";

const { workspaceId: _workspace, campaignId: _campaign, ...shown } = getTableColumns(audit);

const select = (db: Db) => db.q.select(shown).from(audit);

/** An entry of the audit trail; `subject` is the number behind the id of what it is about. */
export type AuditEntry = Awaited<ReturnType<typeof select>>[number];

/** What the trail may be narrowed to: kinds of entries, and what they are about. */
export type AuditFilter = { kinds: readonly AuditKind[] | null; subject: number | null };

/** A page of a campaign's audit trail, newest first. One read. */
export async function listAudit(
  db: Db,
  tenant: Tenant,
  campaignId: Id,
  { kinds, subject }: AuditFilter,
  ask: PageAsk,
): Promise<AuditEntry[]> {
  const page = byId(audit.id, "newest", ask);
  const scope = and(
    eq(audit.campaignId, campaignId),
    inCampaign(audit, tenant),
    kinds === null ? undefined : inArray(audit.kind, [...kinds]),
    subject === null ? undefined : eq(audit.subject, subject),
  ) as SQL;
  const [rows] = await db.readAside([
    select(db).where(page.where(scope)).orderBy(page.order).limit(page.limit),
  ]);
  return rows;
}
