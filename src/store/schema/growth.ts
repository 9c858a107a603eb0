import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Cost } from "../../domain/costs.ts";
import { campaigns } from "./campaigns.ts";
import { idColumn, instant } from "./columns.ts";

/** What a campaign's sources cost, as the marketer said last. */
export const campaignCosts = sqliteTable("campaign_costs", {
  campaignId: idColumn("campaign", "campaign_id")
    .primaryKey()
    .references(() => campaigns.id),
  workspaceId: idColumn("workspace", "workspace_id").notNull(),
  costs: text("costs", { mode: "json" }).$type<Cost[]>().notNull(),
  updatedAt: instant("updated_at").notNull(),
});

// Everything below is a cache of people, ledger, scans and gates, counted so that growth figures cost the same
// for ten people and ten million. Rows hang on a campaign or participant, whose row names the workspace.

/** How far a campaign's ledger is counted. `target` and `touched` say what the batch under way takes in. */
export const growthFolds = sqliteTable("growth_folds", {
  campaignId: idColumn("campaign", "campaign_id")
    .primaryKey()
    .references(() => campaigns.id),
  workspaceId: idColumn("workspace", "workspace_id").notNull(),
  /** The last entry of the ledger that was counted. */
  upto: integer("upto").notNull(),
  target: integer("target").notNull(),
  touched: integer("touched").notNull(),
  /** 1 while everything is taken away, to be counted anew: nothing is counted then. */
  clearing: integer("clearing").notNull(),
});

/** People of whom something changed that the ledger does not tell, until they are counted anew. */
export const growthTouches = sqliteTable(
  "growth_touches",
  {
    id: integer("id").primaryKey(),
    campaignId: integer("campaign_id").notNull(),
    participantId: integer("participant_id").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [index("growth_touches_campaign").on(table.campaignId, table.id)],
);

const counted = {
  inviterId: integer("inviter_id"),
  generation: integer("generation").notNull(),
  /** The invite that brought the root of their tree; 0 for one of a participant. */
  root: integer("root"),
  /** See `MARKS`. */
  marks: integer("marks").notNull(),
  /** How many they brought who count. */
  brought: integer("brought").notNull(),
  /** The quarter of an hour in which they qualified. */
  qualified: integer("qualified"),
};

/** What is counted of each participant. */
export const growthPeople = sqliteTable("growth_people", {
  participantId: integer("participant_id").primaryKey(),
  ...counted,
});

/** The people whom a batch counts, and what was counted of them before. Empty but within a batch. */
export const growthStep = sqliteTable(
  "growth_step",
  {
    participantId: integer("participant_id").primaryKey(),
    joinedAt: instant("joined_at").notNull(),
    via: integer("via").notNull(),
    ...counted,
    /** The quarter of an hour in which they first had a confirmed seat. */
    confirmed: integer("confirmed"),
    wasInviter: integer("was_inviter"),
    wasGeneration: integer("was_generation"),
    wasRoot: integer("was_root"),
    wasMarks: integer("was_marks"),
    wasBrought: integer("was_brought"),
    wasQualified: integer("was_qualified"),
  },
  (table) => [index("growth_step_inviter").on(table.inviterId)],
);

/** Sums over people: see `SLICES` and `MEASURES`. */
export const growthCells = sqliteTable(
  "growth_cells",
  {
    campaignId: integer("campaign_id").notNull(),
    slice: integer("slice").notNull(),
    part: integer("part").notNull(),
    quarter: integer("quarter").notNull(),
    people: integer("people").notNull(),
    confirmed: integer("confirmed").notNull(),
    qualified: integer("qualified").notNull(),
    validated: integer("validated").notNull(),
    present: integer("present").notNull(),
    away1: integer("away1").notNull(),
    away7: integer("away7").notNull(),
    away30: integer("away30").notNull(),
    brought: integer("brought").notNull(),
    inviters: integer("inviters").notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaignId, table.slice, table.part, table.quarter] })],
);

/** How often something happened: see `HAPPENINGS`. */
export const growthHappened = sqliteTable(
  "growth_happened",
  {
    campaignId: integer("campaign_id").notNull(),
    kind: integer("kind").notNull(),
    quarter: integer("quarter").notNull(),
    n: integer("n").notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaignId, table.kind, table.quarter] })],
);

/** How many friends came after how long: by the quarter of the inviter's join, or by generation. See `spanOf`. */
export const growthCycles = sqliteTable(
  "growth_cycles",
  {
    campaignId: integer("campaign_id").notNull(),
    slice: integer("slice").notNull(),
    part: integer("part").notNull(),
    span: integer("span").notNull(),
    n: integer("n").notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaignId, table.slice, table.part, table.span] })],
);

/** Up to which row of all workspaces' scans and evaluations visits and gates are counted. */
export const growthTails = sqliteTable("growth_tails", {
  name: text("name").$type<"scans" | "evaluations">().primaryKey(),
  upto: integer("upto").notNull(),
  target: integer("target").notNull(),
});

/** People's visits by invite; those of participants are 0 together, and all of them are -1. */
export const growthScans = sqliteTable(
  "growth_scans",
  {
    campaignId: integer("campaign_id").notNull(),
    part: integer("part").notNull(),
    quarter: integer("quarter").notNull(),
    n: integer("n").notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaignId, table.part, table.quarter] })],
);

/** People by when they first stood at the gate, and how many of them passed it by now. */
export const growthGates = sqliteTable(
  "growth_gates",
  {
    campaignId: integer("campaign_id").notNull(),
    quarter: integer("quarter").notNull(),
    people: integer("people").notNull(),
    passed: integer("passed").notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaignId, table.quarter] })],
);
