import {
  addBrought,
  ALL_QUARTERS,
  type Brought,
  type Difference,
  differenceOf,
  funnelSteps,
  matureBefore,
  quartersOf,
  quarterOf,
  quarterStart,
  type Rate,
  rateOf,
  type Series,
  type Spread,
  spreadOf,
  type Step,
} from "../domain/growth.ts";
import type { Id } from "../domain/id.ts";
import type { Window } from "../domain/period.ts";
import type { Problem } from "../domain/problem.ts";
import {
  type BucketKind,
  bucketAt,
  bucketsBetween,
  bucketsUpTo,
  MAX_BUCKETS,
  sumBuckets,
} from "../domain/time-buckets.ts";
import * as store from "../store/growth/read.ts";
import { type Call, demand, found } from "./call.ts";
import { askedNow, readCounted, readNext } from "./counting.ts";
import { type Bounds, boundsOf, type Range, rangeFault, readRange } from "./range.ts";

export type Funnel = {
  accurateAsOf: number;
  period: Bounds;
  steps: Step[];
  waitlisted: number;
  comparison: { period: Bounds; steps: Step[]; difference: Difference[] } | null;
};

/** How many people came how far in a campaign, and how far those of another time did. */
export async function readCampaignFunnel(call: Call, id: Id, given: Range, other: Range): Promise<Funnel> {
  demand(call, "read");
  const compares = other.from !== undefined || other.to !== undefined;
  const windows = [readRange(given), ...(compares ? [readRange(other, "compareFrom")] : [])];
  const read = await readCounted(call, id, async (asked) => {
    const mature = matureBefore(asked.now);
    return { ...found(await store.readFunnel(call.ports.db, asked, windows, mature), "campaign"), mature };
  });
  const { mature } = read;
  const stepsOf = (i: number): Step[] => {
    const [counts, window] = [read.windows[i], windows[i] ?? ALL_QUARTERS];
    return counts === undefined
      ? []
      : funnelSteps(
          counts,
          mature.map((end) => Math.min(end, window.to)),
        );
  };
  const steps = stepsOf(0);
  const others = stepsOf(1);
  return {
    accurateAsOf: read.accurateAsOf,
    period: boundsOf(windows[0] ?? ALL_QUARTERS, given),
    steps,
    waitlisted: read.waitlisted,
    comparison: compares
      ? {
          period: boundsOf(windows[1] ?? ALL_QUARTERS, other),
          steps: others,
          difference: differenceOf(steps, others),
        }
      : null,
  };
}

const HOUR_MS = 3_600_000;
/** What a series shows of the past when nobody says from when on. */
const PAST_MS = { hour: 48 * HOUR_MS, day: 30 * 24 * HOUR_MS } as const;
/** Local days and hours reach at the most so far beyond an instant. */
const REACH_MS = 50 * HOUR_MS;

export type SeriesAsk = Range & { metric: Series; by: "hour" | "day" };
export type SeriesAnswer = {
  accurateAsOf: number;
  timezone: string;
  buckets: (Window & { value: number })[];
  total: number;
};

/**
 * What happened hour by hour or day by day on the campaign's clocks, up to now. What is asked for is
 * widened to whole hours or days. At most two round trips.
 */
export async function readCampaignSeries(call: Call, id: Id, ask: SeriesAsk): Promise<SeriesAnswer> {
  demand(call, "read");
  readRange(ask);
  const now = call.ports.now();
  const to = Math.min(ask.to ?? now + 1, now + 1);
  const from = ask.from ?? Math.max(0, to - PAST_MS[ask.by]);
  const around = quartersOf(Math.max(0, from - REACH_MS), to + REACH_MS);
  const most = MAX_BUCKETS * PAST_HOURS[ask.by] * HOUR_MS;
  if (to - from > most) throw tooMany();
  const read = await readCounted(call, id, async (asked) =>
    found(await store.readSeries(call.ports.db, asked, ask.metric, around), "campaign"),
  );
  const buckets = bucketsBetween(ask.by, read.timezone, from, to);
  if (buckets === null) throw tooMany();
  const counts = read.counts.map(([quarter, n]) => [quarterStart(quarter), n] as const);
  const values = sumBuckets(buckets, counts);
  return {
    accurateAsOf: read.accurateAsOf,
    timezone: read.timezone,
    buckets: buckets.map((bucket, i) => ({ ...bucket, value: values[i] ?? 0 })),
    total: values.reduce((sum, value) => sum + value, 0),
  };
}

/** Hours of a bucket at the most, so that a range beyond all bounds is not even read. */
const PAST_HOURS = { hour: 1, day: 25 } as const;

const tooMany = (): Problem =>
  rangeFault(
    "?from",
    "too_many_buckets",
    `makes more than ${MAX_BUCKETS} buckets: ask for less, or by longer ones`,
  );

/** Generations that are told one by one. */
const LEVELS = 100;

export type GrowthAsk = Range & { by: Exclude<BucketKind, "hour"> };
export type GrowthAnswer = {
  accurateAsOf: number;
  timezone: string;
  totals: Spread & { organic: Rate; invited: Rate };
  cohorts: (Window & Spread)[];
  generations: (Spread & { generation: number })[];
  /** Those below the generations that are told. */
  deeper: Brought | null;
};

/** How people spread the word, by when they joined and by how far below a root they stand. Two round trips. */
export async function readCampaignGrowth(call: Call, id: Id, ask: GrowthAsk): Promise<GrowthAnswer> {
  demand(call, "read");
  readRange(ask);
  const { db } = call.ports;
  const asked = askedNow(call, id);
  const head = found(await store.readGrowthHead(db, asked), "campaign");
  const { timezone, first } = head;
  const windows = cohortsOf(ask, timezone, first, asked.now);
  const { total, generations, cohorts, accurateAsOf } = await readNext(call, asked, head, (next) =>
    store.readGrowth(
      db,
      next,
      windows.map(({ from, to }) => ({ from: quarterOf(from), to: quarterOf(to) })),
      LEVELS,
    ),
  );
  const told = generations.reduce<Brought>(addBrought, { people: 0, brought: 0, inviters: 0 });
  return {
    accurateAsOf,
    timezone,
    totals: {
      organic: rateOf(total.organic, total.people, "people whom nobody brought / people"),
      invited: rateOf(total.people - total.organic, total.people, "people whom somebody brought / people"),
      ...spreadOf(total, total.spans),
    },
    // A cohort is there when somebody joined: days without one have none.
    cohorts: windows.flatMap((window, i) => {
      const cohort = cohorts[i];
      return cohort === undefined || cohort.people === 0
        ? []
        : [{ ...window, ...spreadOf(cohort, cohort.spans) }];
    }),
    generations: generations.map((one) => ({ generation: one.generation, ...spreadOf(one, one.spans) })),
    deeper:
      told.people === total.people
        ? null
        : {
            people: total.people - told.people,
            brought: total.brought - told.brought,
            inviters: total.inviters - told.inviters,
          },
  };
}

/** So long before the first person another one may have joined: clocks of several servers differ. */
const LATE_MS = HOUR_MS;

/** The cohorts that are asked for; the newest of all where nobody says from when on. */
function cohortsOf(ask: GrowthAsk, timezone: string, first: number | null, now: number): Window[] {
  if (first === null) return [];
  const begin = first - LATE_MS;
  const last = Math.min((ask.to ?? now + 1) - 1, now);
  if (ask.from === undefined) return bucketsUpTo(ask.by, timezone, begin, last, MAX_BUCKETS);
  const from = Math.max(ask.from, bucketAt(ask.by, timezone, begin).from);
  const buckets = bucketsBetween(ask.by, timezone, from, last + 1);
  if (buckets === null) throw tooMany();
  return buckets;
}
