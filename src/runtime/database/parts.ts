import type { Mergeable, Merged } from "../../store/db.ts";

/** Writes that wait, and how they are written: as one where there are several, else the one alone. */
export type Part<W> = { writes: W[]; merged: Merged | null };

/** Merges the mergeable writes of one kind, at most `limit` of them; each of the others stands by itself. */
export function partsOf<W extends { batch: Mergeable | null }>(
  waiting: readonly W[],
  limit: number,
): Part<W>[] {
  const open = new Map<string, W[]>();
  const parts: W[][] = [];
  for (const write of waiting) {
    const kind = write.batch?.kind;
    const known = kind === undefined ? undefined : open.get(kind);
    if (known !== undefined && known.length < limit) {
      known.push(write);
      continue;
    }
    const part = [write];
    parts.push(part);
    if (kind !== undefined) open.set(kind, part);
  }
  return parts.map((writes) => ({ writes, merged: mergedOf(writes) }));
}

function mergedOf(writes: readonly { batch: Mergeable | null }[]): Merged | null {
  const merge = writes[0]?.batch?.merge;
  return writes.length > 1 && merge ? merge(writes.map(({ batch }) => batch?.values)) : null;
}
