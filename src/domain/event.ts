import type { IdKind } from "./id.ts";

/** What each event of the outbox is about. Kinds are added; none is ever reused. */
export const EVENT_SUBJECTS = {
  "waitlist.promoted": "participant",
  "participant.left": "participant",
  "participant.returned": "participant",
  "participant.removed": "participant",
  "participant.warned": "participant",
  "participant.cleared": "participant",
  "participant.removal_due": "participant",
  "participant.restored": "participant",
  "seat.lapsed": "participant",
  "group.nearly_full": "group",
  "group.full": "group",
  "group.expiring": "group",
  "campaign.no_seats": "campaign",
  "display.stale": "display",
} as const satisfies Record<string, IdKind>;

/** What the outbox can tell. */
export type EventKind = keyof typeof EVENT_SUBJECTS;

export const EVENT_KINDS = Object.keys(EVENT_SUBJECTS) as [EventKind, ...EventKind[]];
