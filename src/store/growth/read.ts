import { type SQL, sql } from "drizzle-orm";
import type { Cost } from "../../domain/costs.ts";
import type { SpanCounts } from "../../domain/cycle.ts";
import {
  type Brought,
  type FunnelCounts,
  type Quarters,
  type Series,
  type Stay,
  STAY_DAYS,
} from "../../domain/growth.ts";
import type { Happening } from "../../domain/growth-cells.ts";
import { type Db, jsonRows } from "../db.ts";
import { isOfParticipant } from "../waiting.ts";
import { type Asked, ownCampaignNumber, readAsked, tablesOf } from "./asked.ts";
import type { CountLag } from "./count.ts";

const within = ({ from, to }: Quarters): SQL => sql`quarter >= ${from} AND quarter < ${to}`;

/** Sums that `stays` are made of: `mature` by `STAY_DAYS`, as an SQL list. */
const staySums = (mature: (i: number) => SQL): SQL =>
  sql`json_array(${sql.join(
    STAY_DAYS.map(
      (days, i) => sql`json_object('joined', coalesce(sum(iif(quarter < ${mature(i)}, people, 0)), 0),
        'away', coalesce(sum(iif(quarter < ${mature(i)}, ${sql.raw(`away${days}`)}, 0)), 0))`,
    ),
    sql`, `,
  )})`;

/** Windows as rows `w`, and the rows `k` of a table that are in each. */
const windowRows = (windows: readonly Quarters[]): SQL =>
  sql`json_each(${JSON.stringify(windows.map(({ from, to }) => [from, to]))}) w`;
const inWindow = (column = "quarter"): SQL =>
  sql.raw(`k.${column} >= w.value->>0 AND k.${column} < w.value->>1`);

/** What was read of each of `n` windows; `nothing` of those that have no row. */
function byWindow<T>(rows: readonly [string][], n: number, nothing: T): T[] {
  const known = new Map(jsonRows<[number, T]>(rows));
  return Array.from({ length: n }, (_, i) => known.get(i) ?? nothing);
}

/** What a funnel is made of, window by window. */
export type FunnelRead = { lag: CountLag; waitlisted: number; windows: FunnelCounts[] };

/** Counts the steps of a campaign's funnel in each window, or undefined: no such campaign. One round trip. */
export async function readFunnel(
  db: Db,
  asked: Asked,
  windows: readonly Quarters[],
  mature: readonly number[],
): Promise<FunnelRead | undefined> {
  const campaign = ownCampaignNumber(asked);
  const { scanned, gated, cells } = tablesOf(asked);
  const list = windowRows(windows);
  const { lag, rows } = await readAsked(db, asked, [
    sql`SELECT json_object('waitlisted', (SELECT count(*) FROM waitlist w WHERE w.campaign_id = c.id AND w.promoted_at IS NULL
          AND NOT ${isOfParticipant("w")}))
      FROM campaigns c WHERE c.id = ${campaign}`,
    sql`WITH ${scanned("all", campaign)} SELECT json_array(w.key, json_object('scans', sum(k.n)))
      FROM ${list} CROSS JOIN scanned k ON ${inWindow()} GROUP BY w.key`,
    sql`WITH ${gated(campaign)} SELECT json_array(w.key, json_object('gate', sum(k.people), 'passed', sum(k.passed)))
      FROM ${list} CROSS JOIN gated k ON ${inWindow()} GROUP BY w.key`,
    sql`WITH RECURSIVE ${cells("all", campaign, asked.now)} SELECT json_array(w.key, json_object('joined', sum(people),
        'confirmed', sum(confirmed), 'qualified', sum(qualified), 'present', sum(present),
        'stays', json(${staySums((i) => sql`${mature[i] ?? 0}`)})))
      FROM ${list} CROSS JOIN cells k ON ${inWindow()} GROUP BY w.key`,
  ] as const);
  const [heads, scans, gates, people] = rows;
  const [head] = jsonRows<{ waitlisted: number }>(heads);
  if (head === undefined) return undefined;
  const none = { scans: 0, gate: 0, passed: 0, joined: 0, confirmed: 0, qualified: 0, present: 0 };
  const nothing: FunnelCounts = { ...none, stays: STAY_DAYS.map(() => ({ joined: 0, away: 0 })) };
  const parts = [scans, gates, people].map((part) =>
    byWindow<Partial<FunnelCounts>>(part, windows.length, {}),
  );
  return {
    ...head,
    lag,
    windows: windows.map(
      (_, i) => Object.assign({}, nothing, ...parts.map((part) => part[i])) as FunnelCounts,
    ),
  };
}

/** Counts of a series by quarter, in a window; none where nothing happened. */
export type SeriesRead = { lag: CountLag; timezone: string; counts: [quarter: number, n: number][] };

/** Reads what happened by quarters of an hour, or undefined: no such campaign. One round trip. */
export async function readSeries(
  db: Db,
  asked: Asked,
  metric: Series,
  window: Quarters,
): Promise<SeriesRead | undefined> {
  const campaign = ownCampaignNumber(asked);
  const tables = tablesOf(asked);
  const happened = (kind: Happening) => ({
    table: tables.happened(kind, campaign, asked.now),
    from: "happened",
    n: "n",
  });
  const sources: Record<Series, () => { table: SQL; from: string; n: string }> = {
    scans: () => ({ table: tables.scanned("all", campaign), from: "scanned", n: "n" }),
    gate: () => ({ table: tables.gated(campaign), from: "gated", n: "people" }),
    joins: () => ({ table: tables.cells("all", campaign, asked.now), from: "cells", n: "people" }),
    confirmed: () => happened("confirmed"),
    qualified: () => happened("qualified"),
    leaves: () => happened("leaves"),
    returns: () => happened("returns"),
  };
  const { table, from, n } = sources[metric]();
  const { lag, rows } = await readAsked(db, asked, [
    sql`SELECT json_array(c.timezone) FROM campaigns c WHERE c.id = ${campaign}`,
    sql`WITH RECURSIVE ${table} SELECT json_array(quarter, sum(${sql.raw(n)})) FROM ${sql.raw(from)}
      WHERE ${within(window)} GROUP BY quarter`,
  ] as const);
  const [head] = jsonRows<[string]>(rows[0]);
  return head && { lag, timezone: head[0], counts: jsonRows<[number, number]>(rows[1]) };
}

/** When a campaign's first person joined; null before that. */
export type GrowthHead = { lag: CountLag; timezone: string; first: number | null };

/** Reads what a campaign's cohorts are laid out by, or undefined: no such campaign. One read. */
export async function readGrowthHead(db: Db, asked: Asked): Promise<GrowthHead | undefined> {
  const { lag, rows } = await readAsked(db, { ...asked, from: "kept" }, [
    sql`SELECT json_object('timezone', c.timezone, 'first', (SELECT p.joined_at FROM participants p
      WHERE p.campaign_id = c.id ORDER BY p.id LIMIT 1)) FROM campaigns c WHERE c.id = ${ownCampaignNumber(asked)}`,
  ] as const);
  const [head] = jsonRows<Omit<GrowthHead, "lag">>(rows[0]);
  return head && { ...head, lag };
}

/** People by cohort, and by generation: the root's is 0. Spans are of the friends they brought. */
export type GrowthRead = {
  lag: CountLag;
  cohorts: (Brought & { spans: SpanCounts })[];
  generations: (Brought & { generation: number; spans: SpanCounts })[];
  total: Brought & { organic: number; spans: SpanCounts };
};

/**
 * Reads how people spread the word. One round trip.
 * @param cohorts windows that follow each other
 * @param levels how many generations are told one by one
 */
export async function readGrowth(
  db: Db,
  asked: Asked,
  cohorts: readonly Quarters[],
  levels: number,
): Promise<GrowthRead> {
  const campaign = ownCampaignNumber(asked);
  const tables = tablesOf(asked);
  const list = windowRows(cohorts);
  const sums = sql.raw(
    ["people", "brought", "inviters"].map((name) => `'${name}', coalesce(sum(${name}), 0)`).join(", "),
  );
  const generations = tables.cells("generation", campaign, asked.now);
  const cycles = tables.cycles("generation", campaign);
  const { lag, rows } = await readAsked(db, asked, [
    sql`WITH RECURSIVE ${tables.cells("all", campaign, asked.now)} SELECT json_array(w.key, json_object(${sums}))
      FROM ${list} CROSS JOIN cells k ON ${inWindow()} GROUP BY w.key`,
    sql`WITH ${tables.cycles("all", campaign)} SELECT json_array(w.key, k.span, sum(k.n))
      FROM ${list} CROSS JOIN cycles k ON ${inWindow("part")} GROUP BY w.key, k.span`,
    sql`WITH RECURSIVE ${generations} SELECT json_object('generation', part, ${sums}) FROM cells
      WHERE part < ${levels} GROUP BY part HAVING sum(people) > 0 ORDER BY part`,
    sql`WITH ${cycles} SELECT json_array(part, span, n) FROM cycles WHERE part < ${levels}`,
    sql`WITH RECURSIVE ${generations} SELECT json_object(${sums}, 'organic', coalesce(sum(iif(part = 0, people, 0)), 0)) FROM cells`,
    sql`WITH ${cycles} SELECT json_array(0, span, sum(n)) FROM cycles GROUP BY span`,
  ] as const);
  const [people, spans, levelPeople, levelSpans, totals, totalSpans] = rows;
  const byCohort = spansBy(spans);
  const byLevel = spansBy(levelSpans);
  type Level = Brought & { generation: number };
  const nobody: Brought = { people: 0, brought: 0, inviters: 0 };
  return {
    lag,
    cohorts: byWindow(people, cohorts.length, nobody).map((one, i) => ({
      ...one,
      spans: byCohort.get(i) ?? [],
    })),
    generations: jsonRows<Level>(levelPeople).map((one) => ({
      ...one,
      spans: byLevel.get(one.generation) ?? [],
    })),
    total: {
      ...(jsonRows<Brought & { organic: number }>(totals)[0] as Brought & { organic: number }),
      spans: spansBy(totalSpans).get(0) ?? [],
    },
  };
}

function spansBy(rows: readonly [string][]): Map<number, [number, number][]> {
  const by = new Map<number, [number, number][]>();
  for (const [key, span, n] of jsonRows<[number, number, number]>(rows)) {
    const spans = by.get(key);
    if (spans === undefined) by.set(key, [[span, n]]);
    else spans.push([span, n]);
  }
  return by;
}

/** What one source brought. `channel` is null for invites of participants. */
export type SourceCounts = {
  channel: string | null;
  medium: string | null;
  scans: number;
  joins: number;
  qualified: number;
  validated: number;
  present: number;
  stays: Stay[];
};

/** `sources` by the invite that a join is credited to; `roots` by the one that brought the root of the tree. */
export type SourcesRead = {
  lag: CountLag;
  sources: SourceCounts[];
  roots: SourceCounts[];
  costs: Cost[];
};

/** Reads what a campaign's sources brought, the most joins first, or undefined: no such campaign. One round trip. */
export async function readSources(
  db: Db,
  asked: Asked,
  window: Quarters,
  mature: readonly number[],
  limit: number,
): Promise<SourcesRead | undefined> {
  const campaign = ownCampaignNumber(asked);
  const measures = sql.raw(
    ["people", "qualified", "validated", "present", ...STAY_DAYS.map((d) => `away${d}`)].join(", "),
  );
  const none = sql.raw(Array.from({ length: 4 + STAY_DAYS.length }, () => "0").join(", "));
  const grouped = (
    counted: SQL,
  ) => sql`SELECT json_object('channel', channel, 'medium', medium, 'scans', scans, 'joins', joins,
      'qualified', qualified, 'validated', validated, 'present', present, 'stays', json(stays)) FROM (
    SELECT i.channel, i.medium, sum(scans) AS scans, sum(people) AS joins, sum(qualified) AS qualified,
      sum(validated) AS validated, sum(present) AS present, ${staySums((i) => sql`${mature[i] ?? 0}`)} AS stays
    FROM (${counted}) k LEFT JOIN invites i ON i.id = k.part WHERE ${within(window)} GROUP BY i.channel, i.medium)
    WHERE scans > 0 OR joins > 0 ORDER BY joins DESC, scans DESC, channel, medium LIMIT ${limit}`;
  const { cells, scanned } = tablesOf(asked);
  const { lag, rows } = await readAsked(db, asked, [
    sql`SELECT json_object('costs', json(coalesce((SELECT y.costs FROM campaign_costs y WHERE y.campaign_id = c.id), '[]')))
      FROM campaigns c WHERE c.id = ${campaign}`,
    sql`WITH RECURSIVE ${cells("via", campaign, asked.now)}, ${scanned("via", campaign)} ${grouped(
      sql`SELECT part, quarter, 0 AS scans, ${measures} FROM cells UNION ALL SELECT part, quarter, n, ${none} FROM scanned`,
    )}`,
    sql`WITH RECURSIVE ${cells("root", campaign, asked.now)} ${grouped(
      sql`SELECT part, quarter, 0 AS scans, ${measures} FROM cells`,
    )}`,
  ] as const);
  const [heads, sources, roots] = rows;
  const [head] = jsonRows<{ costs: Cost[] }>(heads);
  if (head === undefined) return undefined;
  return {
    ...head,
    lag,
    sources: jsonRows<SourceCounts>(sources),
    roots: jsonRows<SourceCounts>(roots),
  };
}
