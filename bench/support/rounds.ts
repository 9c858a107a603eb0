import type { Row, Spread } from "./section.ts";

/** Works for about `ms` milliseconds; answers how many operations it did a second. */
export type Slice = (ms: number) => Promise<number>;

/** Rounds that count: many and short, because a busy machine changes its mind within seconds. */
export const ROUNDS = 9;

const WARM_UP = 0.6;

/** The value below which a share of all values lies, between neighbours as far as it must. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The median and the middle half: one round in four lies below it, one above. */
const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
});

/** A row to be: the subject's slice is compared with the slice that `base` names. */
export type Entry = { case: string; unit: string; base: string; slice: Slice; aim?: number };

/**
 * Runs all slices in turns, round after round, so that whatever the machine does meanwhile meets all
 * of them. Every second round runs backwards: nobody always comes first. The first, shorter round
 * warms up and does not count.
 */
export async function compete(bases: Record<string, Slice>, entries: Entry[], ms: number): Promise<Row[]> {
  const all = [...new Set([...Object.values(bases), ...entries.map(({ slice }) => slice)])];
  const rates = new Map<Slice, number[]>(all.map((slice) => [slice, []]));
  for (const slice of all) await slice(ms * WARM_UP);
  for (let round = 0; round < ROUNDS; round++) {
    for (const slice of round % 2 === 0 ? all : [...all].reverse()) rates.get(slice)?.push(await slice(ms));
  }
  return entries.map(({ case: name, unit, base, slice, aim = null }) => {
    const of = (wanted: Slice | undefined) => (wanted && rates.get(wanted)) ?? [];
    const [floor, mine] = [of(bases[base]), of(slice)];
    const ratios = floor.map((rate, round) => rate / (mine[round] ?? Number.NaN));
    return { case: name, unit, base: median(floor), subject: median(mine), ratio: spread(ratios), aim };
  });
}
