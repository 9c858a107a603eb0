import { direct } from "./direct.ts";
import { qualified } from "./qualified.ts";
import { team } from "./team.ts";
import type { Metric } from "./types.ts";

const registry = [direct, qualified, team] as const;

export type MetricKind = (typeof registry)[number]["kind"];

export const METRICS: readonly Metric[] = registry;

export const METRIC_KINDS = registry.map((metric) => metric.kind) as [MetricKind, ...MetricKind[]];
