import { AUDIT_KINDS, AUDIT_SUBJECTS, type AuditKind } from "../domain/audit.ts";
import { formatId, type Id, parseId } from "../domain/id.ts";
import { askById, cutById, mapPage, type Page, type PageQuery } from "../domain/page.ts";
import * as store from "../store/audit.ts";
import { findCampaign } from "../store/campaigns.ts";
import { type Call, demand, fieldProblem, found, tenantOf } from "./call.ts";

/** An entry of the audit trail: who decided what, about which review, participant or campaign. */
export type AuditEntry = Omit<store.AuditEntry, "subject"> & { subject: Id };

export type AuditQuery = PageQuery & {
  kind?: AuditKind | undefined;
  /** The id of what it is about, of any kind that the trail knows. */
  subject?: string | undefined;
};

/** Ids of two nouns may be the same number: an id also says which kinds of entries can be about it. */
function filterOf({ kind, subject }: AuditQuery): store.AuditFilter {
  const kinds = kind === undefined ? null : [kind];
  if (subject === undefined) return { kinds, subject: null };
  for (const noun of new Set(Object.values(AUDIT_SUBJECTS))) {
    const value = parseId(noun, subject);
    if (value === null) continue;
    const about = AUDIT_KINDS.filter((one) => AUDIT_SUBJECTS[one] === noun && (kind ?? one) === one);
    return { kinds: about, subject: value };
  }
  throw fieldProblem("?subject", "custom", "is not the id of a review, participant or campaign");
}

/** A page of a campaign's audit trail, newest first. */
export async function readAudit(call: Call, campaignId: Id, query: AuditQuery): Promise<Page<AuditEntry>> {
  demand(call, "read");
  const { db } = call.ports;
  const ask = askById("audit", query);
  const rows = await store.listAudit(db, tenantOf(call), campaignId, filterOf(query), ask);
  if (rows.length === 0) found(await findCampaign(db, tenantOf(call), campaignId), "campaign");
  return mapPage(cutById(rows, ask), (row) => ({
    ...row,
    subject: formatId(AUDIT_SUBJECTS[row.kind], row.subject),
  }));
}
