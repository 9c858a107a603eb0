import type { Id } from "./id.ts";

/** What can be written in the ledger. Later kinds are added; none is ever reused. */
export const ENTRY_KINDS = ["joined", "left", "returned"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** One line of the ledger. */
export type Entry = {
  id: Id;
  kind: EntryKind;
  participantId: Id;
  /** The inviter, null for a root. */
  parentId: Id | null;
  groupId: Id | null;
  inviteId: Id | null;
  gateVersion: number | null;
  /** `gate`, or the id of the key that caused it. */
  actor: string;
  at: number;
};
