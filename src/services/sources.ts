import { type Cost, sourceKey } from "../domain/costs.ts";
import { matureBefore, type Rate, rateOf, STAY_DAYS, stayRate } from "../domain/growth.ts";
import type { Id } from "../domain/id.ts";
import { type Costs, readCosts, writeCosts } from "../store/growth/costs.ts";
import * as store from "../store/growth/read.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { readCounted } from "./counting.ts";
import { type Bounds, boundsOf, type Range, readRange } from "./range.ts";

/** Sources in one answer: more than that many posters' names are no overview. */
const MAX_SOURCES = 500;

export type CostPerMember = Rate & { currency: string };

export type Source = Omit<store.SourceCounts, "stays"> & {
  conversion: Rate;
  retention: Rate[];
  costPerMember: CostPerMember | null;
};

export type Sources = {
  accurateAsOf: number;
  period: Bounds;
  data: Source[];
  byRoot: Source[];
  truncated: boolean;
};

/** What each channel and medium brought, the most joins first, and what a member cost there. At most two round trips. */
export async function readCampaignSources(call: Call, id: Id, given: Range): Promise<Sources> {
  demand(call, "read");
  const window = readRange(given);
  const read = await readCounted(call, id, async (asked) => {
    const mature = matureBefore(asked.now);
    return found(await store.readSources(call.ports.db, asked, window, mature, MAX_SOURCES + 1), "campaign");
  });
  // Costs are of the whole campaign: a part of its time has none.
  const whole = given.from === undefined && given.to === undefined;
  const costs = new Map((whole ? read.costs : []).map((cost) => [sourceKey(cost), cost]));
  const present = ({ stays, ...row }: store.SourceCounts): Source => ({
    ...row,
    conversion: rateOf(row.joins, row.scans, "joins / scans"),
    retention: STAY_DAYS.map((days, i) => stayRate(stays[i] ?? { joined: 0, away: 0 }, days)),
    costPerMember: costPerMember(costs.get(sourceKey(row)), row.validated),
  });
  const rows = [...read.sources, ...unseen(read.costs, read.sources, whole)];
  return {
    accurateAsOf: read.accurateAsOf,
    period: boundsOf(window, given),
    data: rows.slice(0, MAX_SOURCES).map(present),
    byRoot: read.roots.slice(0, MAX_SOURCES).map(present),
    truncated: rows.length > MAX_SOURCES || read.roots.length > MAX_SOURCES,
  };
}

/** Sources that cost something and brought nothing: that is told too. */
function unseen(
  costs: readonly Cost[],
  seen: readonly store.SourceCounts[],
  whole: boolean,
): store.SourceCounts[] {
  if (!whole || seen.length > MAX_SOURCES) return [];
  const known = new Set(seen.map(sourceKey));
  const nothing = { scans: 0, joins: 0, qualified: 0, validated: 0, present: 0, stays: [] };
  return costs
    .filter((cost) => !known.has(sourceKey(cost)))
    .map(({ channel, medium }) => ({ channel, medium, ...nothing }));
}

const costPerMember = (cost: Cost | undefined, validated: number): CostPerMember | null =>
  cost === undefined
    ? null
    : {
        ...rateOf(
          cost.amount,
          validated,
          "amount / people who count now: qualified, in the campaign, not voided",
        ),
        currency: cost.currency,
      };

/** What the marketer said that the sources cost. */
export async function readCampaignCosts(call: Call, id: Id): Promise<Costs> {
  demand(call, "read");
  return found(await readCosts(call.ports.db, tenantOf(call), id), "campaign");
}

/** Says what the sources cost: all of them, in the place of what was said before. */
export async function setCampaignCosts(call: Call, id: Id, costs: readonly Cost[]): Promise<Costs> {
  demand(call, "write");
  const { db, now } = call.ports;
  return found(await writeCosts(db, tenantOf(call), id, costs, now()), "campaign");
}
