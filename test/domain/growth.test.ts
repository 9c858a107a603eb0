import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quantileOf, spanOf, spanSeconds, SPAN_STRETCHES } from "../../src/domain/cycle.ts";
import { differenceOf, funnelSteps, quartersOf, rateOf } from "../../src/domain/growth.ts";
import {
  bucketAt,
  bucketsBetween,
  bucketsUpTo,
  BUCKET_KINDS,
  MAX_BUCKETS,
  sumBuckets,
} from "../../src/domain/time-buckets.ts";

const ZONES = [
  "UTC",
  "Asia/Shanghai",
  "America/New_York",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "America/St_Johns",
  "Pacific/Apia",
  "Asia/Beirut",
];
const HOUR = 3_600_000;
const QUARTER = HOUR / 4;
const instant = fc.integer({ min: Date.UTC(2008, 0, 1), max: Date.UTC(2040, 0, 1) });
const at = (text: string) => Date.parse(text);

/**
 * Hour and offset as the platform prints them when the quarter of an hour began: another hour of the clocks, or the same
 * one once more.
 */
const printedHour = (timezone: string, time: number): string =>
  new Intl.DateTimeFormat("en", {
    timeZone: timezone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    hourCycle: "h23",
    timeZoneName: "longOffset",
  }).format(Math.floor(time / QUARTER) * QUARTER);

describe("buckets of time", () => {
  test("an hour is an hour of the clocks, and another one when they are set anew", () => {
    const property = fc.property(fc.constantFrom(...ZONES), instant, (timezone, time) => {
      const { from, to } = bucketAt("hour", timezone, time);
      expect(from).toBeLessThanOrEqual(time);
      expect(to).toBeGreaterThan(time);
      expect(to - from).toBeLessThanOrEqual(HOUR);
      for (const inside of [from, to - 1])
        expect(printedHour(timezone, inside)).toBe(printedHour(timezone, time));
      for (const outside of [from - 1, to])
        expect(printedHour(timezone, outside)).not.toBe(printedHour(timezone, time));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test("all begin and end on a quarter of an hour, and follow each other without a gap", () => {
    const property = fc.property(
      fc.constantFrom(...ZONES),
      fc.constantFrom(...BUCKET_KINDS),
      instant,
      fc.nat(100 * 24 * HOUR),
      (timezone, by, from, length) => {
        const buckets = bucketsBetween(by, timezone, from, from + length + 1);
        if (buckets === null) {
          expect(by).toBe("hour");
          return;
        }
        expect(buckets[0]?.from).toBeLessThanOrEqual(from);
        expect(buckets.at(-1)?.to).toBeGreaterThan(from + length);
        buckets.forEach((bucket, i) => {
          expect([bucket.from % QUARTER, bucket.to % QUARTER]).toEqual([0, 0]);
          if (i > 0) expect(bucket.from).toBe(buckets[i - 1]?.to);
        });
        expect(bucketsUpTo(by, timezone, from, from + length, MAX_BUCKETS)).toEqual(buckets);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  test("clocks that were set at a minute past midnight count as set a quarter past, whatever was asked before", () => {
    const change = at("2009-03-08T03:31:00Z");
    for (const asked of [change - 1, change, change - 20 * 60_000, change + 20 * 60_000]) {
      bucketAt("hour", "America/St_Johns", asked);
      expect(bucketsBetween("hour", "America/St_Johns", change - HOUR, change + HOUR)).toEqual([
        { from: at("2009-03-08T02:30:00Z"), to: at("2009-03-08T03:30:00Z") },
        { from: at("2009-03-08T03:30:00Z"), to: at("2009-03-08T03:45:00Z") },
        { from: at("2009-03-08T03:45:00Z"), to: at("2009-03-08T04:30:00Z") },
        { from: at("2009-03-08T04:30:00Z"), to: at("2009-03-08T05:30:00Z") },
      ]);
    }
  });

  test("days of 23, 24 and 25 hours; hours where the clocks are set by half an hour", () => {
    const hours = (timezone: string, from: string, to: string) =>
      bucketsBetween("day", timezone, at(from), at(to))?.map((day) => (day.to - day.from) / HOUR);
    expect(hours("America/New_York", "2026-03-07T12:00:00Z", "2026-03-09T12:00:00Z")).toEqual([24, 23, 24]);
    expect(hours("America/New_York", "2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z")).toEqual([24, 25, 24]);
    // Samoa had no 30 December in 2011.
    expect(hours("Pacific/Apia", "2011-12-30T00:00:00Z", "2011-12-30T22:00:00Z")).toEqual([24, 24]);
    const autumn = bucketsBetween(
      "hour",
      "Australia/Lord_Howe",
      at("2026-04-04T13:30:00Z"),
      at("2026-04-04T16:30:00Z"),
    );
    expect(autumn?.map(({ from, to }) => (to - from) / 60_000)).toEqual([60, 60, 30, 60]);
  });

  test("no more than a thousand", () => {
    expect(bucketsBetween("hour", "UTC", 0, 1000 * HOUR)).toHaveLength(MAX_BUCKETS);
    expect(bucketsBetween("hour", "UTC", 0, 1000 * HOUR + 1)).toBeNull();
    expect(bucketsBetween("day", "UTC", 0, at("9999-01-01T00:00:00Z"))).toBeNull();
    expect(bucketsBetween("day", "UTC", 5, 5)).toEqual([]);
    expect(bucketsUpTo("day", "UTC", 0, at("9999-01-01T00:00:00Z"), 7)).toHaveLength(7);
  });

  test("counts go where they belong, and nowhere if they are outside", () => {
    const buckets = [
      { from: 10, to: 20 },
      { from: 20, to: 25 },
      { from: 25, to: 40 },
    ];
    const counts = [9, 10, 19, 20, 24, 25, 39, 40].map((time) => [time, 1] as const);
    expect(sumBuckets(buckets, counts)).toEqual([2, 2, 2]);
    expect(sumBuckets([], counts)).toEqual([]);
    expect(sumBuckets(buckets, [])).toEqual([0, 0, 0]);
  });
});

describe("cycle times", () => {
  const seconds = fc.oneof(
    fc.nat(200),
    fc.nat(2 ** 31 - 1),
    fc.nat(33).map((power) => 2 ** power - 1),
  );

  test("a span holds its times, to a 32nd, in their order", () => {
    const property = fc.property(seconds, (time) => {
      const span = spanOf(time * 1000 + 999);
      const least = spanSeconds(span);
      expect(least).toBeLessThanOrEqual(time);
      expect(time - least).toBeLessThan(Math.max(1, least / 32 + 1));
      expect(spanOf(least * 1000)).toBe(span);
      if (least > 0) expect(spanOf(least * 1000 - 1)).toBe(span - 1);
      if (time < 64) expect(least).toBe(time);
      // As the database is told to count.
      const [, divisor, add] = SPAN_STRETCHES.find(([below]) => time < below) as [number, number, number];
      expect(add + Math.floor(time / divisor)).toBe(span);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test("quantiles are by nearest rank, exact to the span", () => {
    const property = fc.property(
      fc.array(seconds, { minLength: 1, maxLength: 50 }),
      fc.constantFrom(0.01, 0.5, 0.9, 1),
      (times, share) => {
        const counts = new Map<number, number>();
        for (const time of times) counts.set(spanOf(time * 1000), (counts.get(spanOf(time * 1000)) ?? 0) + 1);
        const sorted = [...times].sort((a, b) => a - b);
        const wanted = sorted[Math.max(0, Math.ceil(times.length * share) - 1)] as number;
        expect(quantileOf([...counts], share)).toBe(spanSeconds(spanOf(wanted * 1000)));
      },
    );
    fc.assert(property, { numRuns: 500 });
    expect(quantileOf([], 0.5)).toBeNull();
  });
});

describe("rates", () => {
  test("name what they are made of, and have no value above nothing", () => {
    expect(rateOf(3, 4, "a / b")).toEqual({ value: 0.75, numerator: 3, denominator: 4, formula: "a / b" });
    expect(rateOf(0, 0, "a / b").value).toBeNull();
    expect(rateOf(3, 0, "a / b").value).toBeNull();
  });

  test("a time is widened to whole quarters of an hour", () => {
    const [from, to] = [at("2026-03-01T10:14:59.999Z"), at("2026-03-01T10:15:00.001Z")];
    const quarter = at("2026-03-01T10:00:00Z") / QUARTER;
    expect(quartersOf(from, to)).toEqual({ from: quarter, to: quarter + 2 });
    expect(quartersOf(at("2026-03-01T10:00:00Z"), at("2026-03-01T10:15:00Z"))).toEqual({
      from: quarter,
      to: quarter + 1,
    });
    expect(quartersOf(undefined, undefined)).toEqual({ from: 0, to: Number.MAX_SAFE_INTEGER });
  });

  test("of a funnel stand against the step before, and differences against the same step", () => {
    const counts = { scans: 10, gate: 8, passed: 4, joined: 4, confirmed: 2, qualified: 1, present: 3 };
    const stays = [
      { joined: 3, away: 1 },
      { joined: 0, away: 0 },
      { joined: 0, away: 0 },
    ];
    const steps = funnelSteps({ ...counts, stays }, [4, 3, 0]);
    const values = steps.map(({ step, rate, ofFirst }) => [step, rate?.value, ofFirst?.value]);
    expect(values).toEqual([
      ["scans", undefined, undefined],
      ["gate", 0.8, 0.8],
      ["passed", 0.5, 0.4],
      ["joined", 1, 0.4],
      ["confirmed", 0.5, 0.2],
      ["qualified", 0.5, 0.1],
      ["day1", 2 / 3, undefined],
      ["day7", null, undefined],
      ["day30", null, undefined],
      ["present", 0.75, 0.3],
    ]);
    const others = funnelSteps({ ...counts, gate: 0, passed: 0, stays }, [4, 3, 0]);
    expect(differenceOf(steps, others).slice(0, 4)).toEqual([
      { step: "scans", people: 0, rate: null },
      { step: "gate", people: 8, rate: 0.8 },
      { step: "passed", people: 4, rate: null },
      { step: "joined", people: 0, rate: null },
    ]);
  });
});
