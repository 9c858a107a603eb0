import { z } from "zod";
import { addDays, dayAt, instantOf, offsetAt, showDay } from "../calendar.ts";
import { text } from "../text.ts";
import { perConfig } from "./per-config.ts";
import { defineCriterion, fail, pass, pending } from "./types.ts";

const DAY = 86_400_000;
const MINUTE = 60_000;
const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, "is not a time such as 09:30");
const moment = z.iso
  .datetime({ offset: true })
  .refine((value) => Date.parse(value) >= 0 && Date.parse(value) < 253_402_300_800_000, "is out of range");

const config = z
  .strictObject({
    kind: z.literal("schedule"),
    /** Nobody comes in before, and nobody from `to` on. */
    from: moment.optional(),
    to: moment.optional(),
    /** Days of the week on which the door opens, in the campaign's time zone. */
    days: z.array(z.enum(WEEKDAYS)).min(1).max(7).optional(),
    /** Hours of the day; over midnight where `to` is not after `from`: then the day is the one it begins on. */
    daily: z.strictObject({ from: clock, to: clock }).optional(),
    /** `join`: when they come in. `scan`: when they scanned the code, as in a session at a venue. */
    at: z.enum(["join", "scan"]).default("join"),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ["to"],
    message: "must be after from",
  })
  .refine(({ daily }) => daily === undefined || (daily.from !== daily.to && daily.from !== "24:00"), {
    path: ["daily", "to"],
    message: "leaves no time, or all of it",
  })
  .refine(({ from, to, days, daily }) => from ?? to ?? days ?? daily, {
    path: ["from"],
    message: "says no time: give from, to, days or daily",
  });
type Config = z.output<typeof config>;

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** A config as numbers. Every day has one window, from `opens` on and so many minutes long. */
const made = perConfig(({ from, to, days, daily }: Config) => {
  const opens = daily === undefined ? 0 : minutesOf(daily.from);
  const shuts = daily === undefined ? 1440 : minutesOf(daily.to);
  return {
    from: from === undefined ? 0 : Date.parse(from),
    to: to === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(to),
    on: WEEKDAYS.map((day) => days === undefined || days.includes(day)),
    always: days === undefined && daily === undefined,
    opens,
    length: shuts > opens ? shuts - opens : shuts + 1440 - opens,
  };
});
type Made = ReturnType<typeof made>;

/** Whether the door is open at an instant, by the clocks of a time zone. */
function isOpen({ from, to, on, always, opens, length }: Made, timezone: string, at: number): boolean {
  if (at < from || at >= to) return false;
  if (always) return true;
  const wall = at + offsetAt(timezone, at);
  const day = Math.floor(wall / DAY);
  const minute = Math.floor((wall - day * DAY) / MINUTE);
  // 1970 began on a Thursday. The window of the day before may reach over midnight.
  const opensOn = (days: number) => on[(day - days + 3) % 7] === true;
  const into = minute - opens;
  return (into >= 0 && into < length && opensOn(0)) || (into + 1440 < length && opensOn(1));
}

/** The next instant at which it opens, after one at which it is shut; null when it never will. */
function nextOpening(times: Made, timezone: string, at: number): number | null {
  const earliest = Math.max(at, times.from);
  if (isOpen(times, timezone, earliest)) return earliest;
  const today = dayAt(timezone, earliest);
  // A leap of the clocks may swallow a window: then it is the one a week later.
  for (let days = 0; days <= 14; days++) {
    const opening = instantOf(timezone, addDays(today, days), times.opens);
    if (opening > earliest && isOpen(times, timezone, opening)) return opening;
  }
  return null;
}

const OPEN = text("It is open at this time.", "目前在开放时间内。");
const NO_SCAN = text("The code has to be scanned while it is open.", "需在开放时间内扫码。");
const SCAN_AGAIN = text("Scan the code again while it is open.", "请在开放时间内重新扫码。");
const OVER = text("The time for this is over.", "开放时间已结束。");
const LATE = text("Look for the organiser's next campaign.", "请关注组织者的下一次活动。");
const SCANNED_OUTSIDE = text("The code was scanned outside of the open hours.", "扫码时不在开放时间内。");
const SHUT = text("It is not open at this time.", "目前不在开放时间内。");

function shutUntil(opening: number, timezone: string) {
  const clocks = new Date(opening + offsetAt(timezone, opening)).toISOString().slice(11, 16);
  const when = `${showDay(dayAt(timezone, opening))} ${clocks} (${timezone})`;
  return pending(
    "schedule_shut",
    SHUT,
    text(`It opens ${when}; you come in by yourself then.`, `将于 ${when} 开放，届时将自动加入。`),
    { next: { kind: "wait", until: opening }, again: opening },
  );
}

/** When the door is open: between two instants, on days of the week, at hours of the day. */
export const schedule = defineCriterion<Config>({
  kind: "schedule",
  summary: "It is between two instants, on a day of the week, at an hour of the day; or the scan was.",
  config,
  fields: () => [],
  judge: (config, { now, scannedAt, timezone }) => {
    const times = made(config);
    if (config.at === "scan") {
      if (scannedAt === null) return fail("scan_missing", NO_SCAN, SCAN_AGAIN);
      if (isOpen(times, timezone, scannedAt)) return pass("schedule_open", OPEN);
      return fail("scanned_outside", SCANNED_OUTSIDE, now >= times.to ? null : SCAN_AGAIN);
    }
    if (isOpen(times, timezone, now)) return pass("schedule_open", OPEN);
    const opening = nextOpening(times, timezone, now);
    return opening === null ? fail("schedule_over", OVER, LATE) : shutUntil(opening, timezone);
  },
});
