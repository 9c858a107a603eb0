import type { Standing } from "../credit.ts";
import type { EntryKind } from "../ledger.ts";

// The check of what batches and folds keep. It works everything out anew from the ledger, and shares no
// code with what it checks.

/** What one entry of the ledger says of a participant. */
export type Told = {
  id: number;
  kind: EntryKind;
  at: number;
  /** Of an arrival: until when they have to stay. Null in old entries: they qualified at once. */
  qualifiesAt: number | null;
  parentId: number | null;
};

/** How a participant stands, by their entries alone. */
export type Recounted = {
  leftAt: number | null;
  /** When they qualify; `sure`: nothing that comes later can put it off, so the instant is past. */
  qualifies: { at: number; sure: boolean } | null;
  standing: Standing;
  disqualifiedAt: number | null;
  parentId: number | null;
  inviterId: number | null;
};

/** The last entry of some kinds: by time, and of one instant the one that was written last. */
function lastOf(entries: readonly Told[], kinds: readonly EntryKind[]): Told | undefined {
  let last: Told | undefined;
  for (const entry of entries) {
    if (!kinds.includes(entry.kind)) continue;
    if (last === undefined || entry.at > last.at || (entry.at === last.at && entry.id > last.id))
      last = entry;
  }
  return last;
}

/** The first arrival after which they stayed, or still stay, as long as was asked. */
function qualifiesBy(stays: readonly Told[]): Recounted["qualifies"] {
  // From the last one back, so that the next leave is known; of one instant, the leave comes last.
  const backwards = [...stays].sort(
    (a, b) => b.at - a.at || Number(b.kind === "left") - Number(a.kind === "left"),
  );
  let gone = Number.POSITIVE_INFINITY;
  let first: Recounted["qualifies"] = null;
  for (const { kind, at, qualifiesAt } of backwards) {
    if (kind === "left") gone = at;
    else if ((qualifiesAt ?? at) <= gone && (first === null || (qualifiesAt ?? at) < first.at))
      first = { at: qualifiesAt ?? at, sure: gone < Number.POSITIVE_INFINITY || qualifiesAt === null };
  }
  return first;
}

const MOVEMENTS: readonly EntryKind[] = ["joined", "returned", "left"];
const STANDING_AFTER: Partial<Record<EntryKind, Standing>> = {
  voided: "voided",
  removed: "removed",
  released: "released",
};

/** Works out how somebody stands, whatever the order in which their entries were written. */
export function recountPerson(joinedAt: number, entries: readonly Told[]): Recounted {
  // What is told of a time before the join says nothing of this stay.
  const stays = entries.filter(({ kind, at }) => MOVEMENTS.includes(kind) && at >= joinedAt);
  const latest = (isLeave: boolean) =>
    stays.reduce((last, { kind, at }) => ((kind === "left") === isLeave ? Math.max(last, at) : last), -1);
  const [leftAt, cameAt] = [latest(true), latest(false)];
  const verdict = lastOf(entries, ["voided", "removed", "released", "restored"]);
  const ban = lastOf(entries, ["disqualified", "reinstated"]);
  const joined = lastOf(entries, ["joined"]);
  const moved = lastOf(entries, ["moved"]);
  return {
    // Of one instant, the leave comes last.
    leftAt: leftAt >= 0 && leftAt >= cameAt ? leftAt : null,
    qualifies: qualifiesBy(stays),
    standing: (verdict && STANDING_AFTER[verdict.kind]) ?? "good",
    disqualifiedAt: ban?.kind === "disqualified" ? ban.at : null,
    parentId: joined?.parentId ?? null,
    inviterId: (moved ?? joined)?.parentId ?? null,
  };
}
