import type { Change, Standee } from "../../domain/fold.ts";
import { jsonRows } from "../json.ts";

// Pure: threads that read beside work with it too, and have no query builder.

/** A change as it is read: id, instant of the join; inviter, state and instant of qualifying as they are, and as folded. */
type StoredChange = [
  number,
  number,
  number | null,
  number,
  number | null,
  number | null,
  number | null,
  number | null,
];
type StoredStandee = [number, number | null, number, number, number[], [number, number, number, number][]];
type Rows = readonly (readonly unknown[])[];

const readChange = ([id, joinedAt, inviterId, state, qualifiedAt, ...was]: StoredChange): Change => {
  const [oldInviter, oldState, oldQualified] = was;
  return {
    id,
    joinedAt,
    was: oldState === null ? null : { inviterId: oldInviter, state: oldState, qualifiedAt: oldQualified },
    now: { inviterId, state, qualifiedAt },
  };
};

const readStandee = ([id, inviterId, level, ranked, off, tallies]: StoredStandee): Standee => ({
  id,
  inviterId,
  level,
  ranked: ranked === 1,
  off,
  tallies: tallies.map(([boardId, score, reachedAt, stands]) => ({
    boardId,
    score,
    reachedAt,
    ranked: stands === 1,
  })),
});

export const readChanges = (rows: Rows): Change[] => jsonRows<StoredChange>(rows).map(readChange);
export const readStandees = (rows: Rows): Standee[] => jsonRows<StoredStandee>(rows).map(readStandee);
