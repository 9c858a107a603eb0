import type { Id } from "./id.ts";

/** What can be written in the ledger. Later kinds are added; none is ever reused. */
export const ENTRY_KINDS = [
  "joined",
  "qualified",
  "left",
  "returned",
  "voided",
  "restored",
  "moved",
  "removed",
  "disqualified",
  "reinstated",
  "warned",
  "released",
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** One line of the ledger. */
export type Entry = {
  id: Id;
  kind: EntryKind;
  participantId: Id;
  /** The inviter, null for a root; for `moved`, the one that counts since. */
  parentId: Id | null;
  /** For `moved`: who counted before. */
  fromParentId: Id | null;
  groupId: Id | null;
  inviteId: Id | null;
  gateVersion: number | null;
  /** The version of the campaign's rules that were in force. */
  ruleVersion: number | null;
  /** `gate`, `waitlist`, `clock`, `recheck`, `pass`, or the id of the key that caused it. */
  actor: string;
  /** Why, in an operator's words, or by the codes of the leaves that were not passed. */
  cause: string | null;
  at: number;
};
