import type { IdKind } from "./id.ts";

/** What each entry of the audit trail is about. Kinds are added; none is ever reused. */
export const AUDIT_SUBJECTS = {
  "review.opened": "review",
  "review.assigned": "review",
  "review.approved": "review",
  "review.rejected": "review",
  "check.warned": "participant",
  "check.due": "participant",
  "check.removed": "participant",
  "check.restored": "participant",
  "check.passed": "participant",
  "check.exempted": "participant",
  "gate.changed": "campaign",
} as const satisfies Record<string, IdKind>;

export type AuditKind = keyof typeof AUDIT_SUBJECTS;
export const AUDIT_KINDS = Object.keys(AUDIT_SUBJECTS) as [AuditKind, ...AuditKind[]];
