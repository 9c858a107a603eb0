/** A row as it is stored: best first by score, then by who reached it first, then by id. */
export type Scored = { score: number; reachedAt: number; participantId: string };

/**
 * Competition ranks (1, 2, 2, 4) for consecutive rows of a board.
 * @param above how many participants of the whole board stand before the first row
 * @param aboveScore how many of them have a better score than the first row
 */
export function competitionRanks<T extends { score: number }>(
  rows: readonly T[],
  above: number,
  aboveScore: number,
): (T & { rank: number })[] {
  let rank = aboveScore + 1;
  return rows.map((row, i) => {
    const before = rows[i - 1];
    if (before !== undefined && before.score !== row.score) rank = above + i + 1;
    return { ...row, rank };
  });
}
