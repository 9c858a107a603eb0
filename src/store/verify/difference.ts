import { FOREVER } from "../../domain/board.ts";
import type { CheckedBoard } from "./head.ts";

/** What can differ, and of what kind of row the id in a difference is. */
export const CHECKED = {
  "seats taken": "group",
  "merged group": "group",
  promotion: "participant",
  "place on the waitlist": "waiting",
  "uses of an invite": "invite",
  "own invites": "participant",
  "joined entries": "participant",
  "entries of participants": "campaign",
  seat: "participant",
  left: "participant",
  qualified: "participant",
  qualifies: "participant",
  standing: "participant",
  disqualified: "participant",
  parent: "participant",
  inviter: "participant",
  level: "participant",
  "circle of inviters": "participant",
  credit: "participant",
  "inviter of a credit": "participant",
  "instant of a credit": "participant",
  "credit of nobody": "participant",
  "people folded": "campaign",
  score: "participant",
  "score reached": "participant",
  "score ranked": "participant",
  "people of a board": "campaign",
  "count of a board": "campaign",
  "rows of no board": "board",
} as const;

export type What = keyof typeof CHECKED;

/** A board, and what an operator calls it. */
type BoardRef = { id: number; name: string; final: boolean };

/** A counter that is not what the ledger gives. Both values are as the database has them; null: nothing. */
export type Difference = {
  what: What;
  id: number;
  campaignId: number | null;
  stored: number | null;
  derived: number | null;
  /** For scores and counts: the board, and the bucket of a count. */
  board?: BoardRef;
  bucket?: { level: number; bucket: number };
};

/** How differences name a board: its metric and, where it is not of all time and for all, what it is of. */
export function boardRef({ id, metric, startsAt, endsAt, filter, state }: CheckedBoard): { board: BoardRef } {
  const instant = (at: number) => (at === FOREVER ? "" : new Date(at).toISOString());
  const window = startsAt === 0 && endsAt === FOREVER ? "" : ` ${instant(startsAt)}/${instant(endsAt)}`;
  return { board: { id, name: `${metric}${window}${filter && ` ${filter}`}`, final: state === "final" } };
}

/** Differences that are kept: where everything is wrong, more would fill the memory and tell no more. */
const KEPT = 100_000;

/** Collects differences. */
export function collector() {
  const kept: Difference[] = [];
  let found = 0;
  const add = (difference: Difference) => {
    found++;
    if (kept.length < KEPT) kept.push(difference);
  };
  return {
    kept,
    found: () => found,
    add,
    /** Takes over what another one collected. */
    addAll: (other: { kept: readonly Difference[]; found: () => number }) => {
      for (const difference of other.kept) add(difference);
      found += other.found() - other.kept.length;
    },
    /** Adds one where two values differ. */
    compare: (
      what: What,
      id: number,
      campaignId: number,
      stored: number | null,
      derived: number | null,
      more?: Pick<Difference, "board" | "bucket">,
    ) => {
      if (stored !== derived) add({ what, id, campaignId, stored, derived, ...more });
    },
  };
}

export type Collector = ReturnType<typeof collector>;
