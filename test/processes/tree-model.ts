// A campaign on paper, as its answers tell it: counted anew with loops, by no code of the product.

/** Somebody who joined, with what was done to them since. */
export type Known = {
  id: string;
  code: string;
  joinedAt: number;
  /** Who counts as the inviter today. */
  inviter: Known | null;
  present: boolean;
  standing: "good" | "voided" | "removed";
  /** Somebody set out to remove them at some time. */
  wasRemoved: boolean;
  disqualified: boolean;
  /** Somebody does something to them right now: one thing at a time, so that the order is known. */
  busy: boolean;
};

export type Line = { id: string; score: number; reachedAt: number; rank: number };
export const METRICS = ["direct", "qualified", "team"] as const;

/** The board of all time as a person would work it out who sees everybody. */
export function boardOnPaper(people: readonly Known[], metric: (typeof METRICS)[number]): Line[] {
  const rows = new Map<Known, { score: number; reachedAt: number }>();
  for (const person of people) {
    const counts = person.standing === "good" && (metric !== "qualified" || person.present);
    if (!counts) continue;
    for (let up = person.inviter; up !== null; up = metric === "team" ? up.inviter : null) {
      const row = rows.get(up) ?? { score: 0, reachedAt: 0 };
      rows.set(up, { score: row.score + 1, reachedAt: Math.max(row.reachedAt, person.joinedAt) });
    }
  }
  const lines = [...rows]
    .filter(([{ disqualified }]) => !disqualified)
    .map(([{ id }, row]) => ({ id, ...row }))
    .sort((a, b) => b.score - a.score || a.reachedAt - b.reachedAt || (a.id < b.id ? -1 : 1));
  let rank = 0;
  return lines.map((line, i) => {
    if (lines[i - 1]?.score !== line.score) rank = i + 1;
    return { ...line, rank };
  });
}
