import { z } from "zod";
import { formatId, type Id, parseId } from "./id.ts";

/** One arrival of a person on an invite, and whether they followed a link or typed a code. */
export type Touch = { inviteId: Id; at: number; how: "link" | "typed" };

/** A touch as a participant's row keeps it: the invite's number, the instant, and 1 for a typed code. */
export type StoredTouch = [invite: number, at: number, typed: 0 | 1];

export const packTouches = (touches: readonly Touch[]): StoredTouch[] =>
  touches.map(({ inviteId, at, how }) => [parseId("invite", inviteId) ?? 0, at, how === "typed" ? 1 : 0]);

export const unpackTouches = (stored: readonly StoredTouch[]): Touch[] =>
  stored.map(([invite, at, typed]) => ({
    inviteId: formatId("invite", invite),
    at,
    how: typed === 1 ? "typed" : "link",
  }));

/** Why a join is credited to nobody though it came by somebody's invite. */
export const REFUSALS = ["self_referral", "own_descendant", "inviter_removed", "not_newcomer"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Which of several arrivals brought somebody: the earliest of the window, or the latest. */
export const MODELS = ["first_touch", "last_touch"] as const;
export type Model = (typeof MODELS)[number];

/** The longest window that a campaign may set, in days: no arrival is remembered for longer. */
export const MAX_WINDOW_DAYS = 365;
export type AttributionRule = { model: Model; windowDays: number };

/** What a report on other rules may ask for; the campaign's own rules, where it does not. */
export const replayQuery = {
  model: z.enum(MODELS).optional(),
  windowDays: z.coerce.number().int().min(1).max(MAX_WINDOW_DAYS).optional(),
  /** Only joins that are older than this participant's: the rest of a report that was truncated. */
  before: z
    .string()
    .refine((id) => parseId("participant", id) !== null, "is no participant's id")
    .optional(),
};

const DAY_MS = 86_400_000;

/** The first instant whose arrivals still count at `now`. */
export const windowStart = (windowDays: number, now: number): number => now - windowDays * DAY_MS;

/** The page that keeps an arrival hands out the ticket too: so near, they are one arrival. */
const SAME_PAGE_MS = 2000;

/**
 * Which invite a join is credited to. A typed code wins; else the model picks among the arrivals of the
 * window, and where none is left, the door by which the person comes in. An arrival that is said to be
 * later than `now` (clocks differ) is one of now.
 * @param earlier what else is known of the person's arrivals, in the order of their coming
 * @returns `touches`: all arrivals with the door's, oldest first; null when there is only the door
 */
export function attribute(
  { model, windowDays }: AttributionRule,
  earlier: readonly Touch[],
  door: Touch,
  now: number,
): { inviteId: Id; touches: Touch[] | null } {
  const known = (touch: Touch): Touch => ({ ...touch, at: Math.min(touch.at, now) });
  const links = earlier.filter(({ how }) => how === "link").map(known);
  const typed = earlier.filter(({ how }) => how === "typed").map(known);
  const arrival = known(door);
  const all = [...links, arrival, ...typed].sort((a, b) => a.at - b.at);
  const before = all[all.indexOf(arrival) - 1];
  const isSame =
    before?.how === "link" && before.inviteId === door.inviteId && arrival.at - before.at <= SAME_PAGE_MS;
  const touches = isSame ? all.filter((touch) => touch !== before) : all;
  return {
    inviteId: creditOf({ model, windowDays }, touches, now) ?? door.inviteId,
    touches: touches.length === 1 ? null : touches,
  };
}

/** The invite that a rule picks among arrivals, which stand in order; null when the window has none. */
function creditOf({ model, windowDays }: AttributionRule, touches: readonly Touch[], now: number): Id | null {
  const typed = touches.findLast(({ how }) => how === "typed");
  if (typed !== undefined) return typed.inviteId;
  const start = windowStart(windowDays, now);
  const within = ({ at }: Touch) => at >= start;
  const picked = model === "first_touch" ? touches.find(within) : touches.findLast(within);
  return picked?.inviteId ?? null;
}

/** Arrivals that a browser carries for one campaign at the most. */
export const MAX_TRAIL = 8;

const HOUR_MS = 3_600_000;

/**
 * A browser's arrivals with one more: the first is always kept, then the latest. Null when there is
 * nothing to add: as in the scans, one invite counts once an hour.
 */
export function extendTrail(trail: readonly Touch[], inviteId: Id, at: number): Touch[] | null {
  const last = trail.at(-1);
  if (last?.inviteId === inviteId && at - last.at < HOUR_MS) return null;
  const next: Touch[] = [...trail, { inviteId, at, how: "link" }];
  return next.length > MAX_TRAIL ? [...next.slice(0, 1), ...next.slice(1 - MAX_TRAIL)] : next;
}
