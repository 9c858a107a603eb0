import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { BoardState } from "../../domain/board.ts";
import { campaigns } from "./campaigns.ts";
import { idColumn, instant } from "./columns.ts";

// Everything here is a cache of the ledger and can be made anew from it; a board that is `final` is not.

/** How far a campaign's ledger is folded. Whoever changes a board moves `version` in the same batch. */
export const folds = sqliteTable("folds", {
  campaignId: idColumn("campaign", "campaign_id")
    .primaryKey()
    .references(() => campaigns.id),
  workspaceId: idColumn("workspace", "workspace_id").notNull(),
  /** The last entry of the ledger that was folded. */
  upto: integer("upto").notNull(),
  version: integer("version").notNull(),
  /** How many participants are folded. */
  people: integer("people").notNull(),
  foldedAt: instant("folded_at").notNull(),
  /** Until then folds wait for somebody who moves people (`src/store/fold/hold.ts`). */
  heldUntil: instant("held_until"),
});

/** What of each participant is in the boards: their inviter and state (see `creditState`) as folded. */
export const credits = sqliteTable("credits", {
  participantId: integer("participant_id").primaryKey(),
  inviterId: integer("inviter_id"),
  state: integer("state").notNull(),
  qualifiedAt: instant("qualified_at"),
});

/** A board that is kept: a metric over the credits of a window, for all participants or those of a filter. */
export const boards = sqliteTable(
  "boards",
  {
    id: integer("id").primaryKey(),
    workspaceId: idColumn("workspace", "workspace_id").notNull(),
    campaignId: idColumn("campaign", "campaign_id")
      .notNull()
      .references(() => campaigns.id),
    metric: text("metric").notNull(),
    /** The window, in milliseconds: from 0 to `FOREVER` for all time. */
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    /** Whom the board ranks: canonical JSON, or empty for everybody. */
    filter: text("filter").notNull(),
    state: text("state").$type<BoardState>().notNull(),
    /** The credits of participants up to this one are in it; `WHOLE` when it is built. */
    builtUpto: integer("built_upto").notNull(),
    /** How many stand on it. */
    people: integer("people").notNull(),
    askedAt: instant("asked_at").notNull(),
    createdAt: instant("created_at").notNull(),
    finalAt: instant("final_at"),
    /** For one that is built: the board whose place it takes becomes final as of then. */
    finalises: instant("finalises"),
  },
  (table) => [
    uniqueIndex("boards_kept")
      .on(table.campaignId, table.metric, table.startsAt, table.endsAt, table.filter, table.state)
      .where(sql`state IN ('building', 'live')`),
    // Whoever asks for a board names it, and a campaign may have many.
    index("boards_campaign").on(
      table.campaignId,
      table.state,
      table.metric,
      table.startsAt,
      table.endsAt,
      table.filter,
    ),
  ],
);

/**
 * The score of each participant who has one. Scoped by its board, whose row names the workspace. By participant first:
 * whoever brings somebody moves on several boards at once, and those rows are to be one page.
 */
export const tallies = sqliteTable(
  "tallies",
  {
    participantId: idColumn("participant", "participant_id").notNull(),
    boardId: integer("board_id").notNull(),
    score: integer("score").notNull(),
    reachedAt: instant("reached_at").notNull(),
    /** 0 for somebody who was disqualified: they keep the score, and stand on no board. */
    ranked: integer("ranked").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.participantId, table.boardId] }),
    index("tallies_rank")
      .on(table.boardId, sql`score DESC`, table.reachedAt, table.participantId)
      .where(sql`ranked = 1`),
    index("tallies_unranked")
      .on(table.boardId, table.score)
      .where(sql`ranked = 0`),
  ],
);

/** How many stand in each bucket of a board's order, at several widths (see `bucketsOf`): ranks are sums. */
export const boardCounts = sqliteTable(
  "board_counts",
  {
    boardId: integer("board_id").notNull(),
    level: integer("level").notNull(),
    bucket: integer("bucket").notNull(),
    n: integer("n").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.boardId, table.level, table.bucket] }),
    // Buckets that a fold emptied, until it takes them away at its end.
    index("board_counts_zero")
      .on(table.n)
      .where(sql`n = 0`),
  ],
);
