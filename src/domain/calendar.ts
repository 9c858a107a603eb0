const DAY = 86_400_000;

/** A calendar day, as in `2026-03-29`. */
export type Day = { year: number; month: number; day: number };

const formats = new Map<string, Intl.DateTimeFormat>();

const QUARTER = 900_000;

/** The last offset of each zone that was asked for. */
const lately = new Map<string, { quarter: number; offset: number }>();

/**
 * The offset of a time zone's clocks from UTC at an instant, in milliseconds: positive in the east. A change holds from
 * the next quarter of an hour on, for growth is counted by quarters. Nearly all are on one; St. John's were a minute
 * past midnight until 2011.
 */
export function offsetAt(timezone: string, at: number): number {
  const quarter = Math.floor(at / QUARTER);
  const last = lately.get(timezone);
  if (last?.quarter === quarter) return last.offset;
  const offset = readOffset(timezone, quarter * QUARTER);
  lately.set(timezone, { quarter, offset });
  return offset;
}

function readOffset(timezone: string, at: number): number {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timezone, format);
  }
  const parts = new Map<string, number>(
    format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: string) => parts.get(type) ?? 0;
  const wall = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return wall - at;
}

/** The day of an instant in a time zone. */
export function dayAt(timezone: string, at: number): Day {
  const wall = new Date(at + offsetAt(timezone, at));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
}

/** The first instant of a day in a time zone: days of 23 and 25 hours have theirs too. */
export const startOfDay = (timezone: string, day: Day): number => instantOf(timezone, day, 0);

/**
 * The first instant at which the clocks of a time zone show so many minutes of a day. Where they leap over
 * that time, it is the instant of the leap.
 */
export function instantOf(timezone: string, { year, month, day }: Day, minutes: number): number {
  const wall = Date.UTC(year, month - 1, day) + minutes * 60_000;
  const [before, after] = [offsetAt(timezone, wall - DAY), offsetAt(timezone, wall + DAY)];
  if (before === after) return wall - before;
  // The clocks change near by.
  let [low, high] = [wall - Math.max(before, after), wall - Math.min(before, after)];
  for (const at of [low, high]) if (at + offsetAt(timezone, at) === wall) return at;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (middle + offsetAt(timezone, middle) >= wall) high = middle;
    else low = middle;
  }
  return high;
}

/** A day as `2026-03-29`. */
export const showDay = ({ year, month, day }: Day): string =>
  `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;

/** The last day that was written out. */
let shown = { day: Number.NaN, text: "" };

/** The period of a quota at an instant: a calendar day of the campaign, or all of it. */
export function periodKey(timezone: string, now: number, daily: boolean): string {
  if (!daily) return "all";
  const day = Math.floor((now + offsetAt(timezone, now)) / DAY);
  if (shown.day !== day) shown = { day, text: showDay(dayAt(timezone, now)) };
  return shown.text;
}

/** A day that is `days` later. */
export function addDays({ year, month, day }: Day, days: number): Day {
  const then = new Date(Date.UTC(year, month - 1, day + days));
  return { year: then.getUTCFullYear(), month: then.getUTCMonth() + 1, day: then.getUTCDate() };
}

/** The Monday of a day's week. */
export const mondayOf = (day: Day): Day =>
  addDays(day, -((new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay() + 6) % 7));

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `2026-03-29` as a day; null for what is none. */
export function readDay(text: string): Day | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : (LENGTHS[month - 1] ?? 0);
  return day >= 1 && day <= days ? { year, month, day } : null;
}
