import { FOREVER } from "./board.ts";
import { addDays, type Day, dayAt, mondayOf, startOfDay } from "./calendar.ts";

export const PERIOD_KINDS = ["all", "today", "day", "week", "month", "custom"] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** A window of time, in milliseconds: from `from` on, and before `to`. */
export type Window = { from: number; to: number };

export const ALL_TIME: Window = { from: 0, to: FOREVER };

/**
 * The window of a period in a campaign's time zone. Weeks begin on Monday.
 * @param day a day within it; for `today`, and where it is left out, the day of `now`
 * @param custom the window of a `custom` period
 */
export function windowOf(
  kind: PeriodKind,
  timezone: string,
  now: number,
  day: Day | undefined,
  custom: Window,
): Window {
  if (kind === "all") return ALL_TIME;
  if (kind === "custom") return custom;
  const within = kind === "today" || day === undefined ? dayAt(timezone, now) : day;
  const first = kind === "week" ? mondayOf(within) : kind === "month" ? { ...within, day: 1 } : within;
  const next =
    kind === "week"
      ? addDays(first, 7)
      : kind === "month"
        ? { ...addDays(first, 31), day: 1 }
        : addDays(first, 1);
  return { from: startOfDay(timezone, first), to: startOfDay(timezone, next) };
}
