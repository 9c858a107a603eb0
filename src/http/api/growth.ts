import { z } from "@hono/zod-openapi";
import { FUNNEL_STEPS, type Series, SERIES, type Step } from "../../domain/growth.ts";
import { instant } from "../../domain/shapes.ts";
import * as service from "../../services/growth.ts";
import type { Bounds } from "../../services/range.ts";
import { callOf } from "../env.ts";
import { answer, idParam, route, router } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

export const rate = z
  .object({
    value: z.number().nullable().openapi({ description: "Null where the denominator is 0." }),
    numerator: z.int(),
    denominator: z.int(),
    formula: z.string(),
  })
  .openapi("Rate");

export const accurateAsOf = iso.openapi({ description: "Everything that happened before is counted." });

export const period = z
  .object({ from: iso.nullable(), to: iso.nullable() })
  .openapi({ description: "As asked for, widened to whole quarters of an hour; null: without a bound." });
export const presentPeriod = ({ from, to }: Bounds) => ({ from: toIsoOrNull(from), to: toIsoOrNull(to) });

const step = z
  .object({
    step: z.enum(FUNNEL_STEPS),
    people: z.int(),
    rate: rate.nullable().openapi({ description: "Against the step before; for the days, see the formula." }),
    ofFirst: rate.nullable().openapi({ description: "Against the first step; null for the days." }),
    joinedBefore: iso
      .optional()
      .openapi({ description: "For the days: the people looked at joined before then." }),
  })
  .openapi("FunnelStep");
const presentStep = ({ joinedBefore, ...one }: Step): z.output<typeof step> => ({
  ...one,
  ...(joinedBefore === null ? {} : { joinedBefore: toIso(joinedBefore) }),
});

const funnel = z
  .object({
    accurateAsOf,
    period,
    steps: z.array(step),
    waitlisted: z.int(),
    comparison: z
      .object({
        period,
        steps: z.array(step),
        difference: z.array(
          z.object({ step: z.enum(FUNNEL_STEPS), people: z.int(), rate: z.number().nullable() }),
        ),
      })
      .nullable(),
  })
  .openapi("Funnel");

const cycle = z
  .object({
    people: z.int().openapi({ description: "The friends whose time is looked at." }),
    medianSeconds: z.int().nullable(),
    p90Seconds: z.int().nullable(),
    formula: z.string(),
  })
  .openapi("CycleTime");
const spread = { people: z.int(), k: rate, inviters: rate, branching: rate, cycle };

const growthAnswer = z
  .object({
    accurateAsOf,
    by: z.enum(["day", "week", "month"]),
    timezone: z.string(),
    totals: z.object({ organic: rate, invited: rate, ...spread }),
    cohorts: z.array(z.object({ from: iso, to: iso, ...spread })).openapi({
      description: "By when people joined, the oldest first. Where nobody joined there is none.",
    }),
    generations: z
      .array(z.object({ generation: z.int(), ...spread }))
      .openapi({ description: "By how many stand above them today: 0 are those whom nobody brought." }),
    deeper: z
      .object({ people: z.int(), brought: z.int(), inviters: z.int() })
      .nullable()
      .openapi({ description: "Those below the generations that are told one by one." }),
  })
  .openapi("Growth");

const series = z
  .object({
    accurateAsOf,
    metric: z.enum(Object.keys(SERIES) as [Series, ...Series[]]),
    by: z.enum(["hour", "day"]),
    timezone: z.string(),
    formula: z.string(),
    total: z.int(),
    data: z.array(z.object({ from: iso, to: iso, value: z.int() })),
  })
  .openapi("TimeSeries");

export const range = { from: instant.optional(), to: instant.optional() };
const tags = ["Reports"];

export const growth = router()
  .openapi(
    route("read", {
      method: "get",
      path: "/campaigns/{id}/funnel",
      tags,
      summary: "How many people came how far",
      description:
        "`from` and `to` pick visits by when they were, people at the gate by when they first stood there, and everybody else by when they joined. `compareFrom` and `compareTo` name another time to compare with.",
      request: {
        params: idParam("campaign"),
        query: z.strictObject({ ...range, compareFrom: instant.optional(), compareTo: instant.optional() }),
      },
      responses: {
        200: answer(
          funnel,
          "Each person is counted once a step; at `scans`, each visitor once an invite and hour. Bots, link previews and prefetches never",
        ),
      },
    }),
    async (c) => {
      const { compareFrom, compareTo, ...ask } = c.req.valid("query");
      const { id } = c.req.valid("param");
      const read = await service.readCampaignFunnel(callOf(c), id, ask, { from: compareFrom, to: compareTo });
      const { comparison } = read;
      return c.json(
        {
          accurateAsOf: toIso(read.accurateAsOf),
          period: presentPeriod(read.period),
          steps: read.steps.map(presentStep),
          waitlisted: read.waitlisted,
          comparison: comparison && {
            ...comparison,
            period: presentPeriod(comparison.period),
            steps: comparison.steps.map(presentStep),
          },
        },
        200,
      );
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: "/campaigns/{id}/timeseries",
      tags,
      summary: "What happened, hour by hour or day by day",
      description:
        "In the campaign's time zone: a day may have 23 or 25 hours. Where nothing happened there is a 0. Without `from`: the last 48 hours, or 30 days. 1000 buckets at the most, and none of the future.",
      request: {
        params: idParam("campaign"),
        query: z.strictObject({
          metric: series.shape.metric.default("joins"),
          by: series.shape.by.default("day"),
          ...range,
        }),
      },
      responses: { 200: answer(series, "A count a bucket, the oldest first") },
    }),
    async (c) => {
      const ask = c.req.valid("query");
      const read = await service.readCampaignSeries(callOf(c), c.req.valid("param").id, ask);
      const { accurateAsOf: at, timezone, buckets, total } = read;
      const data = buckets.map(({ from, to, value }) => ({ from: toIso(from), to: toIso(to), value }));
      const { metric, by } = ask;
      return c.json(
        { accurateAsOf: toIso(at), metric, by, timezone, formula: SERIES[metric], total, data },
        200,
      );
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: "/campaigns/{id}/growth",
      tags,
      summary: "How people spread the word: K, branching and cycle time",
      description:
        "By cohort (who joined in one day, week or month of the campaign's time zone) and by generation. `from` and `to` pick the cohorts; without `from`, the newest 1000. Totals and generations are of the whole campaign.",
      request: {
        params: idParam("campaign"),
        query: z.strictObject({ by: growthAnswer.shape.by.default("day"), ...range }),
      },
      responses: { 200: answer(growthAnswer, "Each share with its numerator, denominator and formula") },
    }),
    async (c) => {
      const ask = c.req.valid("query");
      const read = await service.readCampaignGrowth(callOf(c), c.req.valid("param").id, ask);
      const cohorts = read.cohorts.map(({ from, to, ...rest }) => ({
        from: toIso(from),
        to: toIso(to),
        ...rest,
      }));
      return c.json({ ...read, accurateAsOf: toIso(read.accurateAsOf), by: ask.by, cohorts }, 200);
    },
  );
