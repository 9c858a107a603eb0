export const EVENT_KINDS = [
  "waitlist.promoted",
  "seat.lapsed",
  "group.nearly_full",
  "group.full",
  "group.expiring",
  "campaign.no_seats",
  "display.stale",
] as const;
/** What the outbox can tell. */
export type EventKind = (typeof EVENT_KINDS)[number];
