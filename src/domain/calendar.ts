const DAY = 86_400_000;

/** A calendar day, as in `2026-03-29`. */
export type Day = { year: number; month: number; day: number };

const formats = new Map<string, Intl.DateTimeFormat>();

/** The offset of a time zone's clocks from UTC at an instant, in milliseconds: positive in the east. */
export function offsetAt(timezone: string, at: number): number {
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
  return wall - Math.floor(at / 1000) * 1000;
}

/** The day of an instant in a time zone. */
export function dayAt(timezone: string, at: number): Day {
  const wall = new Date(at + offsetAt(timezone, at));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
}

/** The first instant of a day in a time zone: days of 23 and 25 hours have theirs too. */
export function startOfDay(timezone: string, { year, month, day }: Day): number {
  const wall = Date.UTC(year, month - 1, day);
  const [before, after] = [offsetAt(timezone, wall - DAY), offsetAt(timezone, wall + DAY)];
  if (before === after) return wall - before;
  // The clocks change near by: the first instant that is not on the day before.
  let [low, high] = [wall - Math.max(before, after) - 1, wall - Math.min(before, after)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (middle + offsetAt(timezone, middle) >= wall) high = middle;
    else low = middle;
  }
  return high;
}

/** A day that is `days` later. */
export function addDays({ year, month, day }: Day, days: number): Day {
  const then = new Date(Date.UTC(year, month - 1, day + days));
  return { year: then.getUTCFullYear(), month: then.getUTCMonth() + 1, day: then.getUTCDate() };
}

/** The Monday of a day's week. */
export const mondayOf = (day: Day): Day =>
  addDays(day, -((new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay() + 6) % 7));

/** `2026-03-29` as a day; null for what is none. */
export function readDay(text: string): Day | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const back = addDays({ year, month, day }, 0);
  return back.month === month && back.day === day && back.year === year ? back : null;
}
