import { CYCLE_RESOLUTION, quantileOf, type SpanCounts } from "./cycle.ts";

/** A share, with what it was made of. `value` is null where nothing stands below the line. */
export type Rate = { value: number | null; numerator: number; denominator: number; formula: string };

export const rateOf = (numerator: number, denominator: number, formula: string): Rate => ({
  value: denominator === 0 ? null : numerator / denominator,
  numerator,
  denominator,
  formula,
});

/** Figures are counted by quarters of an hour, in UTC: all clocks of the world change on one. */
export const QUARTER_MS = 900_000;
export const quarterOf = (at: number): number => Math.floor(at / QUARTER_MS);
export const quarterStart = (quarter: number): number => quarter * QUARTER_MS;

/** Days after the join at which it is looked who is still there. */
export const STAY_DAYS = [1, 7, 30] as const;
export const DAY_MS = 86_400_000;

/** Quarters of an hour, from the first on and before the last; what has no end goes as far as numbers do. */
export type Quarters = { from: number; to: number };
export const ALL_QUARTERS: Quarters = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** The quarters that a time touches: it is widened to whole ones. */
export const quartersOf = (from: number | undefined, to: number | undefined): Quarters => ({
  from: from === undefined ? ALL_QUARTERS.from : quarterOf(from),
  to: to === undefined ? ALL_QUARTERS.to : Math.ceil(to / QUARTER_MS),
});

/** By `STAY_DAYS`: whoever joined before this quarter joined at least that many days ago. */
export const matureBefore = (now: number): number[] =>
  STAY_DAYS.map((days) => quarterOf(now - days * DAY_MS));

/** How many joined at least so many days ago, and how many of them were not there on that day. */
export type Stay = { joined: number; away: number };

/** What is counted of the people who joined in a window, and of what happened in it before. */
export type FunnelCounts = {
  scans: number;
  gate: number;
  passed: number;
  joined: number;
  confirmed: number;
  qualified: number;
  present: number;
  /** By `STAY_DAYS`. */
  stays: readonly Stay[];
};

export const FUNNEL_STEPS = [
  "scans",
  "gate",
  "passed",
  "joined",
  "confirmed",
  "qualified",
  "day1",
  "day7",
  "day30",
  "present",
] as const;
export type FunnelStep = (typeof FUNNEL_STEPS)[number];

export type Step = {
  step: FunnelStep;
  people: number;
  /** Against the step before. */
  rate: Rate | null;
  /** Against the first step. */
  ofFirst: Rate | null;
  /** For the days: until when those joined who are looked at, in milliseconds since 1970. */
  joinedBefore: number | null;
};

/** How many of a stay's people were there on the day. */
export const stayRate = ({ joined, away }: Stay, days: number): Rate =>
  rateOf(
    joined - away,
    joined,
    `in the campaign ${days} × 24 h after their join / joined at least ${days} × 24 h ago`,
  );

const FORMULAS: Partial<Record<FunnelStep, string>> = {
  gate: "people at the gate / scans",
  passed: "passed the gate / people at the gate",
  joined: "joined / passed the gate",
  confirmed: "ever had a confirmed seat / joined",
  qualified: "stayed as long as the rules ask / ever had a confirmed seat",
  present: "in the campaign now / joined",
};

/**
 * The steps of a funnel, each against the one before. The days are not: they look only at people who
 * joined that long ago; and who is there now is a part of all who joined.
 * @param mature as `matureBefore`, within the funnel's window
 */
export function funnelSteps(counts: FunnelCounts, mature: readonly number[]): Step[] {
  const steps = ["scans", "gate", "passed", "joined", "confirmed", "qualified"] as const;
  const plain = (step: (typeof steps)[number] | "present", before: number | null): Step => ({
    step,
    people: counts[step],
    rate: before === null ? null : rateOf(counts[step], before, FORMULAS[step] ?? ""),
    ofFirst: before === null ? null : rateOf(counts[step], counts.scans, `${step} / scans`),
    joinedBefore: null,
  });
  const days = STAY_DAYS.map((days, i): Step => {
    const rate = stayRate(counts.stays[i] ?? { joined: 0, away: 0 }, days);
    const joinedBefore = quarterStart(mature[i] ?? 0);
    return { step: `day${days}`, people: rate.numerator, rate, ofFirst: null, joinedBefore };
  });
  return [
    ...steps.map((step, i) => plain(step, i === 0 ? null : counts[steps[i - 1] ?? "scans"])),
    ...days,
    plain("present", counts.joined),
  ];
}

/** What a step has more, or less, than the same step of another time. */
export type Difference = { step: FunnelStep; people: number; rate: number | null };

export const differenceOf = (steps: readonly Step[], others: readonly Step[]): Difference[] =>
  steps.map(({ step, people, rate }, i) => {
    const other = others[i];
    const [one, two] = [rate?.value ?? null, other?.rate?.value ?? null];
    return {
      step,
      people: people - (other?.people ?? 0),
      rate: one === null || two === null ? null : one - two,
    };
  });

/** What is counted of the people of a cohort, or a generation, and of those whom they brought. */
export type Brought = { people: number; brought: number; inviters: number };

export const addBrought = (a: Brought, b: Brought): Brought => ({
  people: a.people + b.people,
  brought: a.brought + b.brought,
  inviters: a.inviters + b.inviters,
});

/** How long it took from an inviter's join to the friend's, over `people` friends. In seconds. */
export type Cycle = {
  people: number;
  medianSeconds: number | null;
  p90Seconds: number | null;
  formula: string;
};

export type Spread = { people: number; k: Rate; inviters: Rate; branching: Rate; cycle: Cycle };

const CYCLE_FORMULA =
  "time from the inviter's join to the friend's, of the friends who count and joined after them: the least " +
  `value that half (median), or nine tenths (p90), do not exceed; ${CYCLE_RESOLUTION}`;

/** How people spread the word. Who was brought counts while nobody voided or removed them. */
export const spreadOf = ({ people, brought, inviters }: Brought, spans: SpanCounts): Spread => ({
  people,
  k: rateOf(brought, people, "people whom they brought / people"),
  inviters: rateOf(inviters, people, "people who brought at least one / people"),
  branching: rateOf(brought, inviters, "people whom they brought / people who brought at least one"),
  cycle: {
    people: spans.reduce((sum, [, n]) => sum + n, 0),
    medianSeconds: quantileOf(spans, 0.5),
    p90Seconds: quantileOf(spans, 0.9),
    formula: CYCLE_FORMULA,
  },
});

/** What a time series can count, and how it does. */
export const SERIES = {
  scans: "people's visits, one a visitor, invite and hour",
  gate: "people by when they first stood at the gate",
  joins: "people by when they joined",
  confirmed: "people by when they first had a confirmed seat",
  qualified: "people by when they had stayed as long as the rules ask",
  leaves: "times that somebody left who was there",
  returns: "times that somebody came back who had left",
} as const;
export type Series = keyof typeof SERIES;
