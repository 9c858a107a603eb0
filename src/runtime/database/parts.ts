import type { Mergeable, Merged } from "../../store/db.ts";

/** Writes that wait, and how they are written: as one where there are enough, else the one alone. */
export type Part<W> = { writes: W[]; merged: Merged | null };

/**
 * Merges the mergeable writes of one kind, at most `limit` of them; each of the others stands by itself.
 * @param least of one kind there must be so many: one that a merged batch passes over is written behind it, which
 *   over a network is another trip
 */
export function partsOf<W extends { batch: Mergeable | null }>(
  waiting: readonly W[],
  limit: number,
  least: 1 | 2,
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
  return parts.map((writes) => ({ writes, merged: mergedOf(writes, least) }));
}

function mergedOf(writes: readonly { batch: Mergeable | null }[], least: number): Merged | null {
  const merge = writes[0]?.batch?.merge;
  return writes.length >= least && merge ? merge(writes.map(({ batch }) => batch?.values)) : null;
}
