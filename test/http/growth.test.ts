import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace } from "../support/api.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";
import { figures, of, type Rate, scene } from "./support/growth.ts";
import { clearOfEnd, DAY, HOUR } from "./support/clock.ts";
import { justSeen } from "./support/keys.ts";

type Step = { step: string; people: number; rate: Rate | null; ofFirst: Rate | null; joinedBefore?: string };

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

describe("the funnel", () => {
  test("tells every step against the one before, and the days against those who joined that long ago", async () => {
    const { campaign, people, tell } = await scene(api);
    await tell(people.d, "leave");
    await tell(people.c, "leave");
    await tell(people.c, "rejoin");
    const answer = await figures(api, campaign, "funnel");
    const steps: Step[] = answer.steps;
    expect(steps.map(({ step, people }) => [step, people])).toEqual([
      ["scans", 0],
      ["gate", 5],
      ["passed", 5],
      ["joined", 5],
      ["confirmed", 5],
      ["qualified", 5],
      ["day1", 0],
      ["day7", 0],
      ["day30", 0],
      ["present", 4],
    ]);
    const [scans, gate, , joined, , , day1, , , present] = steps;
    expect([scans?.rate, scans?.ofFirst]).toEqual([null, null]);
    expect(of(gate?.rate ?? null)).toEqual([5, 0, null]);
    expect(of(joined?.rate ?? null)).toEqual([5, 5, 1]);
    expect(of(day1?.rate ?? null)).toEqual([0, 0, null]);
    expect(of(present?.rate ?? null)).toEqual([4, 5, 0.8]);
    expect(day1?.ofFirst).toBeNull();
    expect(Date.parse(day1?.joinedBefore ?? "")).toBeLessThanOrEqual(Date.now() - 86_400_000);
    for (const { rate } of steps.slice(1)) expect(rate?.formula).toMatch(/^.+ \/ .+$/);
    expect(answer).toMatchObject({ period: { from: null, to: null }, comparison: null });
    expect(Math.abs(Date.parse(answer.accurateAsOf) - Date.now())).toBeLessThan(60_000);
  });

  test("takes a part of the time, widened to quarters of an hour, and compares it with another", async () => {
    const { campaign } = await scene(api);
    const [hour, two] = [hoursFromNow(-1), hoursFromNow(-2)];
    const query = `from=${hour}&compareFrom=${two}&compareTo=${hour}`;
    const { period, steps, comparison } = await figures(api, campaign, `funnel?${query}`);
    const from = Date.parse(period.from);
    expect([from % 900_000, period.to]).toEqual([0, null]);
    expect(Date.parse(hour) - from).toBeLessThan(900_000);
    expect(steps[3]).toMatchObject({ step: "joined", people: 5 });
    expect(comparison.steps[3]).toMatchObject({ step: "joined", people: 0 });
    expect(comparison.difference[3]).toEqual({ step: "joined", people: 5, rate: null });
    expect(Date.parse(comparison.period.to) - Date.parse(hour)).toBeLessThan(900_000);
    const early = await figures(api, campaign, `funnel?to=${two}`);
    expect(early.steps.map(({ people }: Step) => people)).toEqual(Array.from({ length: 10 }, () => 0));
  });

  test("refuses a time that makes no sense", async () => {
    const { campaign } = await scene(api);
    const ask = (query: string) => api.get(`/v1/campaigns/${campaign.id}/${query}`);
    const [now, before] = [hoursFromNow(0), hoursFromNow(-1)];
    for (const figure of ["funnel", "timeseries", "growth", "sources"]) {
      expectProblem(await ask(`${figure}?from=${now}&to=${before}`), 400, "invalid_request", "?to");
      expectProblem(await ask(`${figure}?from=${now}&to=${now}`), 400, "invalid_request", "?to");
      expectProblem(await ask(`${figure}?from=yesterday&x=1`), 400, "invalid_request", "?from", "?x");
    }
    const reversed = await ask(`funnel?compareFrom=${now}&compareTo=${before}`);
    expectProblem(reversed, 400, "invalid_request", "?compareTo");
  });

  test("costs at most two round trips, and the others no more, with news as without", async () => {
    const { campaign, people, tell } = await scene(api);
    for (const [i, path] of ["funnel", "timeseries", "growth", "sources", "costs"].entries()) {
      await figures(api, campaign, path);
      await tell(people.e, i % 2 === 0 ? "leave" : "rejoin");
      const { headers } = await (await justSeen(api)).get(`/v1/campaigns/${campaign.id}/${path}`);
      expect(Number(headers.get("X-Round-Trips")), path).toBeLessThanOrEqual(2);
      expect(Number(headers.get("X-Round-Trips")), path).toBeGreaterThan(0);
    }
  });
});

describe("a time series", () => {
  test("has a count a day of the campaign's clocks, and a 0 where nothing happened", async () => {
    const timezone = "Asia/Kathmandu";
    await clearOfEnd(DAY, 5.75 * HOUR);
    const { campaign, invite } = await mintCampaign(api, { campaign: { timezone } });
    for (let i = 0; i < 3; i++) await made(joinBy(api, campaign.id, invite.code));
    const read = await figures(api, campaign, "timeseries");
    expect(read).toMatchObject({ metric: "joins", by: "day", timezone, total: 3 });
    expect(read.formula).toBe("people by when they joined");
    expect(read.data).toHaveLength(31);
    for (const [i, day] of read.data.entries()) {
      expect(Date.parse(day.from)).toBe(Date.parse(read.data[i - 1]?.to ?? day.from));
      // Midnight there.
      expect(day.from).toMatch(/T18:15:00\.000Z$/);
      expect(day.value).toBe(i === 30 ? 3 : 0);
    }
    expect(Date.parse(read.data[30].to)).toBeGreaterThan(Date.now());
  });

  test("counts what is asked for, hour by hour", async () => {
    const { campaign, people, tell } = await scene(api);
    await tell(people.d, "leave");
    await tell(people.d, "rejoin");
    await tell(people.d, "leave");
    const totals: [string, number][] = [];
    const metrics = ["scans", "gate", "joins", "confirmed", "qualified", "leaves", "returns"];
    for (const metric of metrics) {
      const read = await figures(
        api,
        campaign,
        `timeseries?metric=${metric}&by=hour&from=${hoursFromNow(-3)}`,
      );
      expect([4, 5]).toContain(read.data.length);
      const values: number[] = read.data.map(({ value }: { value: number }) => value);
      // Only an hour's end can lie between what the test did.
      expect(values.slice(0, -2).every((value) => value === 0)).toBe(true);
      totals.push([metric, values.reduce((sum, value) => sum + value, 0)]);
      expect(read.total).toBe(totals.at(-1)?.[1]);
    }
    expect(totals).toEqual([
      ["scans", 0],
      ["gate", 5],
      ["joins", 5],
      ["confirmed", 5],
      ["qualified", 5],
      ["leaves", 2],
      ["returns", 1],
    ]);
  });

  test("is never endless, and tells nothing of the future", async () => {
    const { campaign } = await scene(api);
    const ask = (query: string) => api.get(`/v1/campaigns/${campaign.id}/timeseries?${query}`);
    for (const query of ["from=1970-01-01T00:00:00Z", `by=hour&from=${hoursFromNow(-1001)}`]) {
      expectProblem(await ask(query), 400, "invalid_request", "?from");
    }
    expect((await made(ask(`by=hour&from=${hoursFromNow(-998)}`))).data.length).toBeLessThanOrEqual(1000);
    expect((await made(ask(`from=${hoursFromNow(24)}`))).data).toEqual([]);
    const ahead = await made(ask(`by=hour&from=${hoursFromNow(-1)}&to=9999-12-31T00:00:00Z`));
    expect([2, 3]).toContain(ahead.data.length);
    for (const query of ["metric=followers", "by=minute", "by=week", "metric=joins&metric=scans"]) {
      expectProblem(await ask(query), 400, "invalid_request", `?${query.split("=")[0]}`);
    }
  });
});

describe("growth", () => {
  test("K, branching and cycle times by cohort and generation", async () => {
    const { campaign, people, tell } = await scene(api);
    for (const by of ["day", "week", "month"]) {
      const read = await figures(api, campaign, `growth?by=${by}`);
      expect(read).toMatchObject({ by, timezone: "UTC", deeper: null });
      expect(of(read.totals.organic)).toEqual([2, 5, 0.4]);
      expect(of(read.totals.invited)).toEqual([3, 5, 0.6]);
      expect(of(read.totals.k)).toEqual([3, 5, 0.6]);
      expect(of(read.totals.inviters)).toEqual([2, 5, 0.4]);
      expect(of(read.totals.branching)).toEqual([3, 2, 1.5]);
      expect(read.totals.cycle).toMatchObject({ people: 3, medianSeconds: expect.any(Number) });
      expect(read.totals.cycle.p90Seconds).toBeLessThan(60);
      const total = read.cohorts.reduce((sum: number, { people }: { people: number }) => sum + people, 0);
      expect([total, read.cohorts.length <= 2]).toEqual([5, true]);
      const levels = read.generations.map(
        ({ generation, people, k }: { generation: number; people: number; k: Rate }) => [
          generation,
          people,
          of(k),
        ],
      );
      expect(levels).toEqual([
        [0, 2, [2, 2, 1]],
        [1, 2, [1, 2, 0.5]],
        [2, 1, [0, 1, 0]],
      ]);
    }
    await tell(people.b, "void", { cause: "a double" });
    await tell(people.d, "move", { inviterId: people.e.id, cause: "typed the wrong code" });
    const after = await figures(api, campaign, "growth");
    expect(of(after.totals.k)).toEqual([2, 5, 0.4]);
    expect(after.generations.map(({ people }: { people: number }) => people)).toEqual([2, 3]);
    expect((await figures(api, campaign, `growth?to=${hoursFromNow(-48)}`)).cohorts).toEqual([]);
    expect((await figures(api, campaign, `growth?from=${hoursFromNow(48)}`)).cohorts).toEqual([]);
  });

  test("of a campaign in which nothing happened is nothing", async () => {
    const { campaign } = await mintCampaign(api);
    const read = await figures(api, campaign, "growth");
    expect(read).toMatchObject({ cohorts: [], generations: [], deeper: null, totals: { people: 0 } });
    expect(of(read.totals.k)).toEqual([0, 0, null]);
    expect(read.totals.cycle).toMatchObject({ people: 0, medianSeconds: null, p90Seconds: null });
  });
});
