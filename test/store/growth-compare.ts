import { expect } from "vitest";
import { SERIES, type Series, type Spread } from "../../src/domain/growth.ts";
import type { Call } from "../../src/services/call.ts";
import { readCampaignFunnel, readCampaignGrowth, readCampaignSeries } from "../../src/services/growth.ts";
import { readCampaignSources, type Source } from "../../src/services/sources.ts";
import * as model from "./growth-model.ts";

const HOUR = 3_600_000;

/** A campaign, what is known of it on paper, when that began, and when it is looked at. */
type Looked = { call: Call; id: string; paper: model.Paper; begin: number; now: number };

const ceil = (at: number) => model.floor(at + 15 * 60_000 - 1, 15);

async function lookAtFunnel({ call, id, paper, begin, now }: Looked) {
  const middle = begin + 2 + Math.floor((now - begin) / 2);
  const [one, two] = [
    { from: begin + 1, to: middle },
    { from: middle, to: now + 3 },
  ];
  const told = (steps: Awaited<ReturnType<typeof readCampaignFunnel>>["steps"]) =>
    steps.map(({ step, rate, people }) => [step, people, rate?.denominator ?? null]);
  const whole = await readCampaignFunnel(call, id, {}, {});
  expect(told(whole.steps)).toEqual(model.funnel(paper, 0, Infinity, now));
  expect(whole.comparison).toBeNull();
  const { steps, comparison } = await readCampaignFunnel(call, id, one, two);
  const [first, second] = [one, two].map(({ from, to }) =>
    model.funnel(paper, model.floor(Math.floor(from), 15), ceil(Math.ceil(to)), now),
  ) as [ReturnType<typeof model.funnel>, ReturnType<typeof model.funnel>];
  expect(told(steps)).toEqual(first);
  expect(told(comparison?.steps ?? [])).toEqual(second);
  expect(comparison?.difference.map(({ people }) => people)).toEqual(
    first.map(([, people], i) => people - (second[i]?.[1] ?? 0)),
  );
}

async function lookAtSeries({ call, id, paper, begin, now }: Looked) {
  for (const metric of Object.keys(SERIES) as Series[]) {
    const instants = model.instants(paper, metric, now);
    const days = await readCampaignSeries(call, id, { metric, by: "day", from: begin - 300 * HOUR });
    const byDay = new Map<string, number>();
    for (const at of instants)
      byDay.set(model.dayOf(paper.timezone, at), (byDay.get(model.dayOf(paper.timezone, at)) ?? 0) + 1);
    expect(days.buckets.map(({ value }) => value)).toEqual(
      days.buckets.map(({ from }) => byDay.get(model.dayOf(paper.timezone, from)) ?? 0),
    );
    expect(days.total).toBe(instants.length);
    const hours = await readCampaignSeries(call, id, { metric, by: "hour" });
    expect(hours.buckets.length).toBeGreaterThanOrEqual(48);
    for (const { from, to, value } of hours.buckets)
      expect(value).toBe(instants.filter((at) => at >= from && at < to).length);
  }
}

const spreadOf = ({ people, k, inviters, branching, cycle }: Spread): model.Spread => {
  expect([k.denominator, inviters.denominator, branching.numerator]).toEqual([people, people, k.numerator]);
  expect(branching.denominator).toBe(inviters.numerator);
  return {
    people,
    brought: k.numerator,
    inviters: inviters.numerator,
    cycles: cycle.people,
    median: cycle.medianSeconds,
    p90: cycle.p90Seconds,
  };
};

async function lookAtGrowth({ call, id, paper }: Looked) {
  for (const by of ["day", "week", "month"] as const) {
    const { totals, cohorts, generations, deeper } = await readCampaignGrowth(call, id, { by });
    const keyOf = (at: number) => model.cohortOf(paper.timezone, by, at);
    const expected = model.groupBy(paper.people, ({ joinedAt }) => keyOf(joinedAt));
    expect(cohorts.map(({ from, ...rest }) => [keyOf(from), spreadOf(rest)])).toEqual(
      expected.map(([key, some]) => [key, model.spread(paper, some)]),
    );
    expect(generations.map(({ generation, ...rest }) => [generation, spreadOf(rest)])).toEqual(
      model.byGeneration(paper).map(([generation, some]) => [generation, model.spread(paper, some)]),
    );
    expect(spreadOf(totals)).toEqual(model.spread(paper, paper.people));
    const organic = paper.people.filter(({ inviter }) => inviter === null).length;
    expect([totals.organic.numerator, totals.invited.numerator]).toEqual([
      organic,
      paper.people.length - organic,
    ]);
    expect(deeper).toBeNull();
  }
}

async function lookAtSources({ call, id, paper, begin, now }: Looked) {
  const told = (rows: readonly Source[]) =>
    Object.fromEntries(
      rows.map(({ channel, medium, scans, joins, qualified, validated, present, retention, conversion }) => {
        expect([conversion.numerator, conversion.denominator]).toEqual([joins, scans]);
        const stays = retention.map(({ numerator, denominator }) => [numerator, denominator]);
        const name = channel === null ? "friends" : `${channel} ${medium}`;
        return [name, { scans, joins, qualified, validated, present, stays }];
      }),
    );
  const middle = begin + Math.floor((now - begin) / 2);
  for (const range of [{}, { from: middle }, { to: middle }]) {
    const { data, byRoot } = await readCampaignSources(call, id, range);
    const from = "from" in range ? model.floor(middle, 15) : 0;
    const to = "to" in range ? ceil(middle) : Infinity;
    expect(told(data)).toEqual(model.sources(paper, "source", from, to, now));
    expect(told(byRoot)).toEqual(model.sources(paper, "root", from, to, now));
  }
}

/** Funnel, series, growth and sources of a campaign, whole and in parts, against the same on paper. */
export async function compareFigures(looked: Looked): Promise<void> {
  await lookAtFunnel(looked);
  await lookAtSeries(looked);
  await lookAtGrowth(looked);
  await lookAtSources(looked);
}
