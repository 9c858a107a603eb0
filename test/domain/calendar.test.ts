import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, dayAt, mondayOf, readDay, startOfDay } from "../../src/domain/calendar.ts";
import { windowOf } from "../../src/domain/period.ts";

const ZONES = [
  "UTC",
  "Asia/Shanghai",
  "America/New_York",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "America/St_Johns",
  "Pacific/Apia",
  "Africa/Cairo",
  "Asia/Beirut",
  "America/Santiago",
];

const instant = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2040, 0, 1) });

/** The day as the platform's own calendar prints it. */
const printed = (timezone: string, at: number): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: timezone, dateStyle: "short" }).format(at);
const text = ({ year, month, day }: { year: number; month: number; day: number }): string =>
  `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;

describe("the calendar", () => {
  test("a day begins at its first instant, whatever the clocks do", () => {
    const property = fc.property(fc.constantFrom(...ZONES), instant, (timezone, at) => {
      const day = dayAt(timezone, at);
      expect(text(day)).toBe(printed(timezone, at));
      const start = startOfDay(timezone, day);
      expect(start).toBeLessThanOrEqual(at);
      expect(printed(timezone, start)).toBe(text(day));
      expect(printed(timezone, start - 1)).not.toBe(text(day));
      const next = startOfDay(timezone, addDays(day, 1));
      expect(next).toBeGreaterThan(at);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test("days of 23, 24 and 25 hours", () => {
    const hours = (timezone: string, day: string) => {
      const window = windowOf("day", timezone, 0, readDay(day) ?? undefined, { from: 0, to: 0 });
      return (window.to - window.from) / 3_600_000;
    };
    expect(hours("Europe/Berlin", "2026-03-29")).toBe(23);
    expect(hours("Europe/Berlin", "2026-10-25")).toBe(25);
    expect(hours("Europe/Berlin", "2026-06-01")).toBe(24);
    expect(hours("Australia/Lord_Howe", "2026-04-05")).toBe(24.5);
    // Midnight itself is skipped there.
    expect(hours("Asia/Beirut", "2026-03-29")).toBe(23);
  });

  test("weeks begin on Monday, months on the first, and today is today", () => {
    const now = Date.parse("2026-11-21T20:00:00Z");
    const window = (kind: "week" | "month" | "today", timezone: string) =>
      Object.values(windowOf(kind, timezone, now, undefined, { from: 0, to: 0 })).map((at) =>
        new Date(at).toISOString(),
      );
    expect(window("week", "UTC")).toEqual(["2026-11-16T00:00:00.000Z", "2026-11-23T00:00:00.000Z"]);
    expect(window("month", "Asia/Shanghai")).toEqual([
      "2026-10-31T16:00:00.000Z",
      "2026-11-30T16:00:00.000Z",
    ]);
    expect(window("today", "Asia/Shanghai")).toEqual([
      "2026-11-21T16:00:00.000Z",
      "2026-11-22T16:00:00.000Z",
    ]);
    expect(mondayOf({ year: 2026, month: 1, day: 1 })).toEqual({ year: 2025, month: 12, day: 29 });
  });

  test("what is no day is refused", () => {
    for (const wrong of ["2026-02-30", "2026-13-01", "2026-1-1", "", "x", "2026-00-10", "2026-01-00"])
      expect(readDay(wrong)).toBeNull();
    expect(readDay("2028-02-29")).toEqual({ year: 2028, month: 2, day: 29 });
  });
});
