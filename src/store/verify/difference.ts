import { FOREVER } from "../../domain/board.ts";
import type { IdKind } from "../../domain/id.ts";
import type { CheckedBoard } from "./head.ts";

/** What can differ: of what kind of row, and what its values are. */
export const CHECKED = {
  "seats taken": { of: "group" },
  "merged group": { of: "group" },
  promotion: { of: "participant" },
  "place on the waitlist": { of: "waiting" },
  uses: { of: "invite" },
  "own invites": { of: "participant" },
  "joined entries": { of: "participant" },
  entries: { of: "campaign" },
  seat: { of: "participant" },
  left: { of: "participant", as: "instant" },
  qualified: { of: "participant", as: "instant" },
  qualifies: { of: "participant", as: "instant" },
  standing: { of: "participant" },
  disqualified: { of: "participant", as: "instant" },
  parent: { of: "participant", as: "participant" },
  inviter: { of: "participant", as: "participant" },
  level: { of: "participant" },
  "circle of inviters": { of: "participant" },
  credit: { of: "participant" },
  "inviter of the credit": { of: "participant", as: "participant" },
  "instant of the credit": { of: "participant", as: "instant" },
  "credit of nobody": { of: "participant" },
  "people folded": { of: "campaign" },
  score: { of: "participant" },
  "score reached": { of: "participant", as: "instant" },
  "score ranked": { of: "participant" },
  "people of a board": { of: "campaign" },
  "count of a board": { of: "campaign" },
  "rows of no board": { of: "board" },
  "counted inviter": { of: "participant", as: "participant" },
  "counted generation": { of: "participant" },
  "counted root": { of: "participant" },
  "counted marks": { of: "participant" },
  "counted friends": { of: "participant" },
  "counted quarter": { of: "participant" },
  "count of people": { of: "campaign" },
  "count of events": { of: "campaign" },
  "count of cycles": { of: "campaign" },
  "count of visits": { of: "campaign" },
  "count of the gate": { of: "campaign" },
  "half cleared counts": { of: "campaign" },
} as const satisfies Record<string, { of: IdKind | "board"; as?: "instant" | "participant" }>;

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
  /** For counts of figures: of what. */
  cell?: string;
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
      more?: Pick<Difference, "board" | "bucket" | "cell">,
    ) => {
      if (stored !== derived) add({ what, id, campaignId, stored, derived, ...more });
    },
  };
}

export type Collector = ReturnType<typeof collector>;
