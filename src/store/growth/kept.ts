import { type SQL, sql } from "drizzle-orm";
import { HAPPENINGS, MEASURES, SLICES } from "../../domain/growth-cells.ts";
import { ALL_PARTS, uncountedGates, uncountedScans } from "./arrivals.ts";
import type { Tables } from "./terms.ts";

const MEASURED = sql.raw(MEASURES.join(", "));
const of = (campaign: SQL): SQL => sql`k.campaign_id = ${campaign}`;

/** What is counted already: what it costs is the same however many people are in the campaign. */
export const KEPT: Tables = {
  cells: (slice, campaign) =>
    sql`cells AS (SELECT k.part, k.quarter, ${MEASURED} FROM growth_cells k
      WHERE ${of(campaign)} AND k.slice = ${SLICES[slice]})`,
  cycles: (slice, campaign) =>
    sql`cycles AS (SELECT k.part, k.span, k.n FROM growth_cycles k
      WHERE ${of(campaign)} AND k.slice = ${SLICES[slice]} AND k.n > 0)`,
  happened: (kind, campaign) =>
    sql`happened AS (SELECT k.quarter, k.n FROM growth_happened k WHERE ${of(campaign)} AND k.kind = ${HAPPENINGS[kind]})`,
  scanned: (slice, campaign) =>
    sql`scanned AS MATERIALIZED (SELECT k.part, k.quarter, k.n FROM growth_scans k
        WHERE ${of(campaign)} AND ${slice === "all" ? sql`k.part = ${ALL_PARTS}` : sql`k.part >= 0`}
      UNION ALL SELECT part, quarter, n FROM (${uncountedScans(campaign)}))`,
  gated: (campaign) =>
    sql`gated AS MATERIALIZED (SELECT k.quarter, k.people, k.passed FROM growth_gates k WHERE ${of(campaign)}
      UNION ALL SELECT quarter, people, passed FROM (${uncountedGates(campaign)}))`,
};
