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
import { type Id, parseId } from "../../domain/id.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import type { Tenant } from "../tenant.ts";
import { cellsOf, cyclesOf, gatedOf, happenedOf, scannedOf } from "./recount.ts";

/** Which campaign is read, for whom, and when. */
export type Asked = { tenant: Tenant; id: Id; now: number };

/** The campaign's number if it is the tenant's, else NULL: under that nothing is found. */
export const ownCampaignNumber = ({ tenant, id }: Pick<Asked, "tenant" | "id">): SQL =>
  sql`(SELECT c.id FROM campaigns c WHERE c.id = ${parseId("campaign", id)}
    AND c.workspace_id = ${parseId("workspace", tenant.workspaceId)}
    AND ${tenant.campaignId === null || tenant.campaignId === id ? 1 : 0})`;

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

/** What a funnel is made of, window by window. */
export type FunnelRead = { waitlisted: number; windows: FunnelCounts[] };

/** Counts the steps of a campaign's funnel in each window, or undefined: no such campaign. One read. */
export async function readFunnel(
  db: Db,
  asked: Asked,
  windows: readonly Quarters[],
  mature: readonly number[],
): Promise<FunnelRead | undefined> {
  const campaign = ownCampaignNumber(asked);
  const list = sql`json_each(${JSON.stringify(windows.map(({ from, to }) => [from, to]))}) w`;
  const inWindow = sql`k.quarter >= w.value->>0 AND k.quarter < w.value->>1`;
  const [heads, scans, gates, people] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('waitlisted', (SELECT count(*) FROM waitlist w WHERE w.campaign_id = c.id AND w.promoted_at IS NULL))
        FROM campaigns c WHERE c.id = ${campaign}`,
    ),
    jsonQuery(
      db,
      sql`WITH ${scannedOf(campaign)} SELECT json_object('scans', coalesce(sum(k.n), 0))
        FROM ${list} LEFT JOIN scanned k ON ${inWindow} GROUP BY w.key ORDER BY w.key`,
    ),
    jsonQuery(
      db,
      sql`WITH ${gatedOf(campaign)} SELECT json_object('gate', coalesce(sum(k.people), 0), 'passed', coalesce(sum(k.passed), 0))
        FROM ${list} LEFT JOIN gated k ON ${inWindow} GROUP BY w.key ORDER BY w.key`,
    ),
    jsonQuery(
      db,
      sql`WITH RECURSIVE ${cellsOf("all", campaign, asked.now)} SELECT json_object('joined', coalesce(sum(people), 0),
          'confirmed', coalesce(sum(confirmed), 0), 'qualified', coalesce(sum(qualified), 0),
          'present', coalesce(sum(present), 0), 'stays', json(${staySums((i) => sql`${mature[i] ?? 0}`)}))
        FROM ${list} LEFT JOIN cells k ON ${inWindow} GROUP BY w.key ORDER BY w.key`,
    ),
  ]);
  const [head] = jsonRows<{ waitlisted: number }>(heads);
  if (head === undefined) return undefined;
  const parts = [scans, gates, people].map((rows) => jsonRows<Partial<FunnelCounts>>(rows));
  return {
    ...head,
    windows: windows.map((_, i) => Object.assign({}, ...parts.map((part) => part[i])) as FunnelCounts),
  };
}

/** Counts of a series by quarter, in a window; none where nothing happened. */
export type SeriesRead = { timezone: string; counts: [quarter: number, n: number][] };

/** Reads what happened by quarters of an hour, or undefined: no such campaign. One read. */
export async function readSeries(
  db: Db,
  asked: Asked,
  metric: Series,
  window: Quarters,
): Promise<SeriesRead | undefined> {
  const campaign = ownCampaignNumber(asked);
  const happened = (kind: Happening) => ({
    table: happenedOf(kind, campaign, asked.now),
    from: "happened",
    n: "n",
  });
  const sources: Record<Series, { table: SQL; from: string; n: string }> = {
    scans: { table: scannedOf(campaign), from: "scanned", n: "n" },
    gate: { table: gatedOf(campaign), from: "gated", n: "people" },
    joins: { table: cellsOf("all", campaign, asked.now), from: "cells", n: "people" },
    confirmed: happened("confirmed"),
    qualified: happened("qualified"),
    leaves: happened("leaves"),
    returns: happened("returns"),
  };
  const { table, from, n } = sources[metric];
  const [heads, rows] = await db.read([
    jsonQuery(db, sql`SELECT json_array(c.timezone) FROM campaigns c WHERE c.id = ${campaign}`),
    jsonQuery(
      db,
      sql`WITH RECURSIVE ${table} SELECT json_array(quarter, sum(${sql.raw(n)})) FROM ${sql.raw(from)}
        WHERE ${within(window)} GROUP BY quarter`,
    ),
  ]);
  const [head] = jsonRows<[string]>(heads);
  return head && { timezone: head[0], counts: jsonRows<[number, number]>(rows) };
}

/** When a campaign's first person joined, by quarter; null before that. */
export type GrowthHead = { timezone: string; first: number | null };

/** Reads what a campaign's cohorts are laid out by, or undefined: no such campaign. One read. */
export async function readGrowthHead(db: Db, asked: Asked): Promise<GrowthHead | undefined> {
  const campaign = ownCampaignNumber(asked);
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`WITH RECURSIVE ${cellsOf("all", campaign, asked.now)} SELECT json_object('timezone', c.timezone,
        'first', (SELECT min(quarter) FROM cells WHERE people > 0)) FROM campaigns c WHERE c.id = ${campaign}`,
    ),
  ]);
  return jsonRows<GrowthHead>(rows)[0];
}

/** People by cohort, and by generation: the root's is 0. Spans are of the friends they brought. */
export type GrowthRead = {
  cohorts: (Brought & { spans: SpanCounts })[];
  generations: (Brought & { generation: number; spans: SpanCounts })[];
  total: Brought & { organic: number; spans: SpanCounts };
};

/**
 * Reads how people spread the word. One read.
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
  const list = sql`json_each(${JSON.stringify(cohorts.map(({ from, to }) => [from, to]))}) w`;
  const sums = sql.raw(
    ["people", "brought", "inviters"].map((name) => `'${name}', coalesce(sum(${name}), 0)`).join(", "),
  );
  const generations = cellsOf("generation", campaign, asked.now);
  const cycles = cyclesOf("generation", campaign);
  const [people, spans, levelPeople, levelSpans, totals, totalSpans] = await db.read([
    jsonQuery(
      db,
      sql`WITH RECURSIVE ${cellsOf("all", campaign, asked.now)} SELECT json_object(${sums}) FROM ${list}
        LEFT JOIN cells k ON k.quarter >= w.value->>0 AND k.quarter < w.value->>1 GROUP BY w.key ORDER BY w.key`,
    ),
    jsonQuery(
      db,
      sql`WITH ${cyclesOf("all", campaign)} SELECT json_array(w.key, k.span, sum(k.n)) FROM ${list}
        JOIN cycles k ON k.part >= w.value->>0 AND k.part < w.value->>1 GROUP BY w.key, k.span`,
    ),
    jsonQuery(
      db,
      sql`WITH RECURSIVE ${generations} SELECT json_object('generation', part, ${sums}) FROM cells
        WHERE part < ${levels} GROUP BY part HAVING sum(people) > 0 ORDER BY part`,
    ),
    jsonQuery(db, sql`WITH ${cycles} SELECT json_array(part, span, n) FROM cycles WHERE part < ${levels}`),
    jsonQuery(
      db,
      sql`WITH RECURSIVE ${generations} SELECT json_object(${sums}, 'organic', coalesce(sum(iif(part = 0, people, 0)), 0)) FROM cells`,
    ),
    jsonQuery(db, sql`WITH ${cycles} SELECT json_array(0, span, sum(n)) FROM cycles GROUP BY span`),
  ]);
  const byCohort = spansBy(spans);
  const byLevel = spansBy(levelSpans);
  type Level = Brought & { generation: number };
  return {
    cohorts: jsonRows<Brought>(people).map((one, i) => ({ ...one, spans: byCohort.get(i) ?? [] })),
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
export type SourcesRead = { sources: SourceCounts[]; roots: SourceCounts[]; costs: Cost[] };

/** Reads what a campaign's sources brought, the most joins first, or undefined: no such campaign. One read. */
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
  const [heads, sources, roots] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('costs', json(coalesce((SELECT y.costs FROM campaign_costs y WHERE y.campaign_id = c.id), '[]')))
        FROM campaigns c WHERE c.id = ${campaign}`,
    ),
    jsonQuery(
      db,
      sql`WITH RECURSIVE ${cellsOf("via", campaign, asked.now)}, ${scannedOf(campaign)} ${grouped(
        sql`SELECT part, quarter, 0 AS scans, ${measures} FROM cells UNION ALL SELECT part, quarter, n, ${none} FROM scanned`,
      )}`,
    ),
    jsonQuery(
      db,
      sql`WITH RECURSIVE ${cellsOf("root", campaign, asked.now)} ${grouped(
        sql`SELECT part, quarter, 0 AS scans, ${measures} FROM cells`,
      )}`,
    ),
  ]);
  const [head] = jsonRows<{ costs: Cost[] }>(heads);
  if (head === undefined) return undefined;
  return {
    ...head,
    sources: jsonRows<SourceCounts>(sources),
    roots: jsonRows<SourceCounts>(roots),
  };
}
