import { type Change, type Doubt, fold, type KeptBoard, type Standee } from "../../domain/fold.ts";
import { jsonRows } from "../json.ts";
import { creditLists, foldingLists, type List } from "./lists.ts";
import { readChanges, readStandees } from "./stored.ts";

// Pure: threads that read beside work with it too, and have no query builder.

/** A step of folding, as it was read and what comes of it. */
export type FoldStep = {
  /** Undefined where nothing of the campaign was ever folded. */
  head: { upto: number; version: number; heldUntil: number | null } | undefined;
  boards: (KeptBoard & { filter: string; state: "building" | "live" })[];
  /** The last entry that this step takes in; null when there is none left. */
  target: number | null;
  /** The last entry that there is. */
  last: number;
  /** Whether there may be more behind it. */
  more: boolean;
  /** Whether people have stayed long enough and were not told so yet. */
  due: boolean;
  /** How many credits may have changed, how many of them are new, and how many people stand above. */
  changed: number;
  newcomers: number;
  standing: number;
  /** What is to be written, unless something is in doubt. */
  lists: List[];
  /** What must be looked up first, and what the step is worked out from then. */
  doubtful: { doubts: Doubt[]; changes: Change[]; standees: Standee[] } | null;
};

type Head = {
  head: NonNullable<FoldStep["head"]> | null;
  target: number | null;
  last: number;
  count: number;
  due: number;
};

/**
 * Works out a step of folding from what its statements read (`readFold`).
 * @param limit entries of the ledger that it takes in at the most
 */
export function workOutFold(results: readonly (readonly (readonly unknown[])[])[], limit: number): FoldStep {
  const [heads = [], keeps = [], changing = [], standing = []] = results;
  const [{ head, target, last, count, due }] = jsonRows<Head>(heads) as [Head];
  const boards = jsonRows<FoldStep["boards"][number]>(keeps);
  const [changes, standees] = [readChanges(changing), readStandees(standing)];
  const { folding, doubts } = fold(boards, changes, standees, new Map());
  const isDoubtful = doubts.length > 0;
  return {
    head: head ?? undefined,
    boards,
    target,
    last,
    more: count === limit,
    due: due === 1,
    changed: changes.length,
    newcomers: changes.filter(({ was }) => was === null).length,
    standing: standees.length,
    lists: isDoubtful ? [] : [...creditLists(changes), ...foldingLists(folding)],
    doubtful: isDoubtful ? { doubts, changes, standees } : null,
  };
}

/** The lists of a step that was in doubt. @param known what was looked up (`settleDoubts`) */
export function workOutSettled(
  { boards, doubtful }: Pick<FoldStep, "boards" | "doubtful">,
  known: ReadonlyMap<string, number>,
): List[] {
  if (doubtful === null) return [];
  const { changes, standees } = doubtful;
  return [...creditLists(changes), ...foldingLists(fold(boards, changes, standees, known).folding)];
}
