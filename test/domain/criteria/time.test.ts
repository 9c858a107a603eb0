import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instantOf, offsetAt, periodKey } from "../../../src/domain/calendar.ts";
import { judged, takes } from "../../support/criteria.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SHANGHAI = "Asia/Shanghai";
const BERLIN = "Europe/Berlin";

const at = (iso: string): number => Date.parse(iso);
const says = (config: object, iso: string, timezone = SHANGHAI) =>
  judged({ kind: "schedule", ...config }, { now: at(iso), timezone });

describe("the schedule criterion", () => {
  const office = { daily: { from: "09:00", to: "18:00" }, days: ["mon", "tue", "wed", "thu", "fri"] };
  const night = { daily: { from: "22:00", to: "02:00" }, days: ["fri"] };

  test.each<[object, string, string, string?]>([
    // 2026-11-20 is a Friday.
    [office, "2026-11-20T09:00:00+08:00", "open"],
    [office, "2026-11-20T17:59:59+08:00", "open"],
    [office, "2026-11-20T18:00:00+08:00", "2026-11-23T09:00:00+08:00"],
    [office, "2026-11-20T08:59:59+08:00", "2026-11-20T09:00:00+08:00"],
    [office, "2026-11-22T12:00:00+08:00", "2026-11-23T09:00:00+08:00"],
    [office, "2026-11-20T02:00:00Z", "open"],
    [night, "2026-11-20T22:00:00+08:00", "open"],
    [night, "2026-11-21T01:59:00+08:00", "open"],
    [night, "2026-11-21T02:00:00+08:00", "2026-11-27T22:00:00+08:00"],
    [night, "2026-11-20T01:00:00+08:00", "2026-11-20T22:00:00+08:00"],
    [{ daily: { from: "20:00", to: "24:00" } }, "2026-11-20T23:59:59+08:00", "open"],
    [{ daily: { from: "20:00", to: "24:00" } }, "2026-11-21T00:00:00+08:00", "2026-11-21T20:00:00+08:00"],
    [{ days: ["sat"] }, "2026-11-21T00:00:00+08:00", "open"],
    [{ days: ["sat"] }, "2026-11-22T00:00:00+08:00", "2026-11-28T00:00:00+08:00"],
    [{ from: "2026-12-01T00:00:00Z" }, "2026-11-20T00:00:00Z", "2026-12-01T00:00:00Z"],
    [{ to: "2026-11-20T00:00:00Z" }, "2026-11-20T00:00:00Z", "over"],
    [{ to: "2026-11-20T00:00:00Z" }, "2026-11-19T23:59:59Z", "open"],
    [{ ...office, from: "2026-12-01T04:00:00Z" }, "2026-11-20T00:00:00Z", "2026-12-01T04:00:00Z"],
    [{ ...office, from: "2026-12-01T12:00:00Z" }, "2026-11-20T00:00:00Z", "2026-12-02T01:00:00Z"],
    [{ ...office, to: "2026-11-21T00:00:00Z" }, "2026-11-20T18:00:00+08:00", "over"],
    // Clocks leap from 2 to 3 on the 29th of March: that night has no half past two.
    [{ daily: { from: "02:30", to: "03:00" } }, "2026-03-29T00:00:00Z", "2026-03-30T00:30:00Z", BERLIN],
    [{ daily: { from: "02:30", to: "04:00" } }, "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", BERLIN],
    [{ daily: { from: "00:00", to: "01:00" } }, "2026-10-25T00:30:00Z", "2026-10-25T23:00:00Z", BERLIN],
  ])("%j at %s: %s", (config, now, expected, timezone = SHANGHAI) => {
    const judgement = says(config, now, timezone);
    if (expected === "open") expect(judgement).toMatchObject({ result: "pass", code: "schedule_open" });
    else if (expected === "over") expect(judgement).toMatchObject({ result: "fail", code: "schedule_over" });
    else {
      expect(judgement).toMatchObject({ result: "pending", code: "schedule_shut" });
      expect(new Date(judgement.again as number).toISOString()).toBe(new Date(expected).toISOString());
      expect(judgement.next).toEqual({ kind: "wait", until: judgement.again });
    }
  });

  test("says when it opens by the campaign's own clocks", () => {
    expect(says(office, "2026-11-20T12:00:00Z").remedy?.en).toContain("2026-11-23 09:00 (Asia/Shanghai)");
  });

  test("opens when it says that it will, and not a minute before, in every zone", () => {
    const times = fc.integer({ min: 0, max: 24 * 60 - 1 });
    const show = (minutes: number) =>
      `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
    fc.assert(
      fc.property(
        fc.constantFrom(...Intl.supportedValuesOf("timeZone")),
        fc.integer({ min: at("2026-01-01T00:00:00Z"), max: at("2028-01-01T00:00:00Z") }),
        fc.uniqueArray(times, { minLength: 2, maxLength: 2 }),
        fc.subarray(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], { minLength: 1 }),
        (timezone, now, [from = 0, to = 0], days) => {
          const config = { kind: "schedule", daily: { from: show(from), to: show(to) }, days };
          const { result, again } = judged(config, { now, timezone });
          if (result === "pass") return;
          expect(result).toBe("pending");
          const opening = again as number;
          expect(opening).toBeGreaterThan(now);
          expect(opening - now).toBeLessThan(9 * DAY);
          expect(judged(config, { now: opening, timezone }).result).toBe("pass");
          // In the hour that clocks show twice, it may open twice; else it is shut until then.
          fc.pre(offsetAt(timezone, now - DAY) === offsetAt(timezone, opening + DAY));
          for (let t = now; t < opening; t += Math.max(60_000, (opening - now) / 50)) {
            expect(judged(config, { now: t, timezone }).result).toBe("pending");
          }
          expect(judged(config, { now: opening - 1, timezone }).result).toBe("pending");
        },
      ),
      { numRuns: 300 },
    );
  });

  test("a session at a venue asks when the code was scanned", () => {
    const session = {
      kind: "schedule",
      at: "scan",
      from: "2026-11-20T10:00:00Z",
      to: "2026-11-20T12:00:00Z",
    };
    const scanned = (iso: string | null, now = "2026-11-20T13:00:00Z") =>
      judged(session, { scannedAt: iso === null ? null : at(iso), now: at(now) });
    expect(scanned(null)).toMatchObject({ result: "fail", code: "scan_missing" });
    expect(scanned("2026-11-20T11:59:00Z")).toMatchObject({ result: "pass" });
    expect(scanned("2026-11-20T12:00:00Z")).toMatchObject({ result: "fail", code: "scanned_outside" });
    expect(scanned("2026-11-20T09:00:00Z", "2026-11-20T09:01:00Z").remedy?.en).toContain("Scan the code");
  });

  test.each([
    {},
    { at: "scan" },
    { from: "2026-11-20" },
    { from: "2026-11-20T10:00:00Z", to: "2026-11-20T10:00:00Z" },
    { days: [] },
    { days: ["someday"] },
    { daily: { from: "09:00", to: "09:00" } },
    { daily: { from: "24:00", to: "09:00" } },
    { daily: { from: "9:00", to: "25:00" } },
  ])("refuses the config %j", (config) => {
    expect(takes({ kind: "schedule", ...config })).toBe(false);
  });
});

describe("the quota criterion", () => {
  const daily = { kind: "quota", limit: 3, per: "day" };
  const now = at("2026-11-20T15:00:00Z"); // 23:00 in Shanghai
  const used = (period: string, n: number, key = "places") => ({
    now,
    timezone: SHANGHAI,
    quotas: [{ key, period, used: n }],
  });

  test("gives a place while one is free, and takes it with the join", () => {
    const first = { kind: "quota", limit: 3 };
    expect(judged(first)).toMatchObject({
      result: "pass",
      spend: { quota: { key: "places", period: "all", limit: 3 } },
    });
    expect(judged(first, used("all", 2)).result).toBe("pass");
    expect(judged(first, used("all", 3))).toMatchObject({ result: "fail", code: "places_taken" });
    expect(judged(first, used("all", 3, "others")).result).toBe("pass");
  });

  test("counts days by the campaign's clocks, and waits for the next one", () => {
    expect(judged(daily, used("2026-11-20", 2)).spend).toEqual({
      quota: { key: "places", period: "2026-11-20", limit: 3 },
    });
    const full = judged(daily, used("2026-11-20", 3));
    expect(full).toMatchObject({ result: "pending", code: "places_taken_today" });
    expect(full.again).toBe(at("2026-11-21T00:00:00+08:00"));
    const tomorrow = { ...used("2026-11-20", 3), now: full.again as number };
    expect(judged(daily, tomorrow).result).toBe("pass");
  });

  test.each([{ limit: 0 }, { limit: 1.5 }, { per: "week" }, { name: "A b" }])(
    "refuses the config %j",
    (wrong) => {
      expect(takes({ kind: "quota", limit: 3, ...wrong })).toBe(false);
    },
  );
});

describe("the calendar", () => {
  const format = (timezone: string, instant: number) =>
    new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "medium" }).format(
      instant,
    );

  test("knows the offset at any instant, whatever was asked before", () => {
    const zones = fc.constantFrom(
      SHANGHAI,
      BERLIN,
      "America/St_Johns",
      "Australia/Lord_Howe",
      "Asia/Kathmandu",
    );
    const instants = fc.integer({ min: at("2015-01-01T00:00:00Z"), max: at("2035-01-01T00:00:00Z") });
    fc.assert(
      fc.property(zones, fc.array(instants, { minLength: 1, maxLength: 5 }), (timezone, list) => {
        for (const instant of list.flatMap((one) => [one, one + 60_000, one - 15 * 60_000])) {
          const wall = new Date(instant + offsetAt(timezone, instant)).toISOString();
          expect(wall.slice(0, 19).replace("T", " ")).toBe(format(timezone, instant));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("finds the first instant of a time of day, twice a year too", () => {
    const spring = { year: 2026, month: 3, day: 29 };
    const autumn = { year: 2026, month: 10, day: 25 };
    expect(instantOf(BERLIN, spring, 150)).toBe(at("2026-03-29T01:00:00Z"));
    expect(instantOf(BERLIN, spring, 60)).toBe(at("2026-03-29T00:00:00Z"));
    expect(instantOf(BERLIN, autumn, 150)).toBe(at("2026-10-25T00:30:00Z"));
    expect(instantOf(BERLIN, autumn, 180)).toBe(at("2026-10-25T02:00:00Z"));
    expect(periodKey(BERLIN, at("2026-10-25T22:59:59Z"), true)).toBe("2026-10-25");
    expect(periodKey(BERLIN, at("2026-10-25T23:00:00Z"), true)).toBe("2026-10-26");
    expect(periodKey(BERLIN, 0, false)).toBe("all");
  });
});
