import type { LeafResult } from "./criteria/types.ts";
import type { Window } from "./period.ts";

/** How one leaf of one version of a gate did. Every figure counts people, by the last time they were judged. */
export type LeafReport = {
  gateVersion: number;
  path: string;
  criterion: string;
  asked: number;
  passed: number;
  failed: number;
  pending: number;
  /** Of those whom it stopped: who is not in, by any version or door. */
  gaveUp: number;
};

/** What happened in a quarter of an hour to people who came by one version of the gate. */
export type Movement = { at: number; gateVersion: number; kind: "joined" | "left"; people: number };

export type DayReport = {
  from: number;
  gateVersion: number;
  /** Whether that version asked for more than the acknowledgement. */
  gated: boolean;
  joined: number;
  left: number;
};

/** How a version of the gate did as a whole. */
export type VersionReport = {
  gateVersion: number;
  gated: boolean;
  joined: number;
  left: number;
  /** left / joined, of those who joined in the period. */
  lossRate: { value: number | null; numerator: number; denominator: number; formula: string };
};

export type LeafCount = {
  gateVersion: number;
  path: string;
  criterion: string;
  result: LeafResult;
  people: number;
  out: number;
};

/** Adds up the counts of each leaf, in the gate's order, the newest version first. */
export function leafReports(counts: readonly LeafCount[]): LeafReport[] {
  const reports = new Map<string, LeafReport>();
  for (const { gateVersion, path, criterion, result, people, out } of counts) {
    const key = `${gateVersion} ${path}`;
    const report = reports.get(key) ?? {
      gateVersion,
      path,
      criterion,
      asked: 0,
      passed: 0,
      failed: 0,
      pending: 0,
      gaveUp: 0,
    };
    report.asked += people;
    if (result === "pass") report.passed += people;
    else {
      report[result === "fail" ? "failed" : "pending"] += people;
      report.gaveUp += out;
    }
    reports.set(key, report);
  }
  return [...reports.values()].sort(
    (a, b) => b.gateVersion - a.gateVersion || a.path.localeCompare(b.path, "en", { numeric: true }),
  );
}

/**
 * Joins and leaves by local day and version.
 * @param days the period's days, in order and without gaps
 * @param gated the versions that ask for more than the acknowledgement
 */
export function dayReports(
  days: readonly Window[],
  movements: readonly Movement[],
  gated: ReadonlySet<number>,
): DayReport[] {
  const reports = new Map<string, DayReport>();
  for (const { at, gateVersion, kind, people } of movements) {
    const day = days.find(({ from, to }) => from <= at && at < to);
    if (day === undefined) continue;
    const key = `${day.from} ${gateVersion}`;
    const report = reports.get(key) ?? {
      from: day.from,
      gateVersion,
      gated: gated.has(gateVersion),
      joined: 0,
      left: 0,
    };
    report[kind] += people;
    reports.set(key, report);
  }
  return [...reports.values()].sort((a, b) => a.from - b.from || a.gateVersion - b.gateVersion);
}

/** The same by version alone. `lost`: of those who joined in the period, who is away by now. */
export function versionReports(
  days: readonly DayReport[],
  lost: ReadonlyMap<number, number>,
): VersionReport[] {
  const versions = [...new Set(days.map(({ gateVersion }) => gateVersion))].sort((a, b) => a - b);
  return versions.map((gateVersion) => {
    const mine = days.filter((day) => day.gateVersion === gateVersion);
    const sum = (kind: "joined" | "left") => mine.reduce((total, day) => total + day[kind], 0);
    const [numerator, denominator] = [lost.get(gateVersion) ?? 0, sum("joined")];
    return {
      gateVersion,
      gated: mine.some((day) => day.gated),
      joined: denominator,
      left: sum("left"),
      lossRate: {
        value: denominator === 0 ? null : numerator / denominator,
        numerator,
        denominator,
        formula: "people who joined in the period by this version and are away now / people who joined by it",
      },
    };
  });
}
