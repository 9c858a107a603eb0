import type { Change, Folding } from "../../domain/fold.ts";

// Pure: threads that read beside work with it too, and have no query builder.

/** What a fold writes rows of, or takes away: see `WRITES` in `write.ts`. */
export type Write = "credits" | "tallies" | "gone" | "counts" | "emptied" | "people";

/** Rows to write, as JSON. */
export type List = [write: Write, rows: string];

/** Rows in one statement at the most: they are one bound value, and D1 takes none above 2 MB. */
const MAX_ROWS = 10_000;

/** Rows as lists of `MAX_ROWS` at the most. */
const listsOf = <T>(write: Write, rows: readonly T[], textOf: (part: readonly T[]) => string): List[] =>
  Array.from({ length: Math.ceil(rows.length / MAX_ROWS) }, (_, i) => [
    write,
    textOf(rows.slice(i * MAX_ROWS, (i + 1) * MAX_ROWS)),
  ]);

/** Rows as JSON, as `listedIn` reads them. @param of board and what else it is listed by, and the entry */
function listText<T>(rows: readonly T[], of: (row: T) => [common: string, entry: string]): string {
  const lists = new Map<string, string[]>();
  for (const row of rows) {
    const [common, entry] = of(row);
    const known = lists.get(common);
    if (known === undefined) lists.set(common, [entry]);
    else known.push(entry);
  }
  return `[${[...lists].map(([common, entries]) => `[${common},{${entries.join()}}]`).join()}]`;
}
const countsText = (rows: readonly Folding["counts"][number][]): string =>
  listText(rows, ({ boardId, level, bucket, n }) => [`${boardId},${level}`, `"${bucket}":${n}`]);
const talliesText = (rows: readonly Folding["tallies"][number][]): string =>
  listText(rows, ({ boardId, participantId, score, reachedAt, ranked }) => [
    `${boardId},${ranked ? 1 : 0}`,
    `"${participantId}":"${score} ${reachedAt}"`,
  ]);

/** Scores, counts and people as lists. */
export function foldingLists({ tallies, gone, counts, people }: Folding): List[] {
  const mayEmpty = counts.some(({ n }) => n < 0);
  return [
    ...listsOf("tallies", tallies, talliesText),
    ...listsOf("gone", gone, (part) => JSON.stringify(part.map((y) => [y.boardId, y.participantId]))),
    ...listsOf("counts", counts, countsText),
    ...(mayEmpty ? [["emptied", "[]"] satisfies List] : []),
    ...listsOf("people", people, (part) => JSON.stringify(part.map((p) => [p.boardId, p.n]))),
  ];
}

/** The credits of changes as lists. */
export const creditLists = (changes: readonly Change[]): List[] =>
  listsOf("credits", changes, (part) =>
    JSON.stringify(part.map(({ id, now: of }) => [id, of.inviterId, of.state, of.qualifiedAt])),
  );
