import type { EventKind } from "./event.ts";
import type { GroupState } from "./group.ts";
import type { Id } from "./id.ts";

const HOUR = 3_600_000;
/** From this share of its seats on a group is nearly full. */
const NEARLY_FULL = 0.9;
/** How long before a group takes nobody any more its operator is warned. */
const EXPIRY_NOTICE = 24 * HOUR;
/** A screen that has not asked for its code for this long stands still: screens are noted to the minute. */
const DISPLAY_SILENCE = 180_000;

/** What a campaign's health is judged by. */
export type Vitals = {
  campaignId: Id;
  groups: {
    id: Id;
    name: string;
    state: GroupState;
    used: number;
    capacity: number;
    expiresAt: number | null;
    retiresAt: number | null;
  }[];
  displays: { id: Id; label: string | null; lastSeenAt: number | null }[];
  waiting: number;
  lostDemand: number;
};

/** Something that will break soon, or has. `key` is the same as long as it is the same trouble. */
export type Warning = { kind: EventKind; subject: Id; message: string; key: string };

/** Seats that a newcomer could get right now. */
export const seatsLeft = ({ groups }: Vitals, now: number): number =>
  groups
    .filter(({ state, retiresAt }) => state === "open" && (retiresAt === null || retiresAt > now))
    .reduce((sum, { used, capacity }) => sum + capacity - used, 0);

/** Every warning that a campaign deserves at `now`. */
export function warningsOf(vitals: Vitals, now: number): Warning[] {
  const warnings: Warning[] = [];
  const warn = (kind: EventKind, subject: Id, message: string, version: number | string) =>
    warnings.push({ kind, subject, message, key: `${kind}:${subject}:${version}` });
  for (const { id, name, state, used, capacity, retiresAt } of vitals.groups) {
    if (state !== "open") continue;
    if (used >= capacity) warn("group.full", id, `${name} is full.`, capacity);
    else if (used >= capacity * NEARLY_FULL) {
      warn("group.nearly_full", id, `${name} has ${capacity - used} seats left.`, capacity);
    }
    if (retiresAt !== null && retiresAt - now < EXPIRY_NOTICE) {
      const when = retiresAt <= now ? "takes nobody any more" : "will soon take nobody any more";
      warn("group.expiring", id, `${name} ${when}: its code expires. Upload a new one.`, retiresAt);
    }
  }
  if (seatsLeft(vitals, now) === 0) {
    const day = Math.floor(now / (24 * HOUR));
    warn("campaign.no_seats", vitals.campaignId, "No seat is left: add a group or raise a capacity.", day);
  }
  for (const { id, label, lastSeenAt } of vitals.displays) {
    if (lastSeenAt !== null && now - lastSeenAt > DISPLAY_SILENCE) {
      warn("display.stale", id, `The screen ${label ?? id} has not asked for its code lately.`, lastSeenAt);
    }
  }
  return warnings;
}
