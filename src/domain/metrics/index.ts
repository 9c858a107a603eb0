import { direct } from "./direct.ts";
import { qualified } from "./qualified.ts";
import { team } from "./team.ts";
import type { Metric } from "./types.ts";

const registry = [direct, qualified, team] as const;

export type MetricKind = (typeof registry)[number]["kind"];

export const METRICS: readonly Metric[] = registry;

export const METRIC_KINDS = registry.map((metric) => metric.kind) as [MetricKind, ...MetricKind[]];

/** The metric of a kind that is in the registry. */
export function metricOf(kind: string): Metric {
  const metric = METRICS.find((one) => one.kind === kind);
  if (metric === undefined) throw new RangeError(`no such metric: ${kind}`);
  return metric;
}
