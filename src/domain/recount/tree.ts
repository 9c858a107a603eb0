/** No inviter. */
export const NOBODY = -1;

/** A tree of inviters, by places of people in arrays. */
export type Order = {
  /** Everybody below others before those: children before their inviters. Who is in a circle is left out. */
  upwards: Int32Array;
  /** How far below a root each is. */
  levels: Int32Array;
  /** Those who are in a circle. */
  lost: number[];
};

/** Orders a tree by its links alone, in one pass up and one down, however deep it is. */
export function orderTree(inviters: Int32Array): Order {
  const size = inviters.length;
  const waiting = new Int32Array(size);
  for (const inviter of inviters) if (inviter !== NOBODY) waiting[inviter] = (waiting[inviter] ?? 0) + 1;
  const upwards = new Int32Array(size);
  let done = 0;
  for (let i = 0; i < size; i++) if (waiting[i] === 0) upwards[done++] = i;
  for (let next = 0; next < done; next++) {
    const inviter = inviters[upwards[next] as number] as number;
    if (inviter === NOBODY) continue;
    const left = (waiting[inviter] as number) - 1;
    waiting[inviter] = left;
    if (left === 0) upwards[done++] = inviter;
  }
  const lost: number[] = [];
  for (const [place, left] of done < size ? waiting.entries() : []) if (left !== 0) lost.push(place);
  const levels = new Int32Array(size);
  for (let i = done - 1; i >= 0; i--) {
    const place = upwards[i] as number;
    const inviter = inviters[place] as number;
    levels[place] = inviter === NOBODY ? 0 : (levels[inviter] as number) + 1;
  }
  return { upwards: upwards.subarray(0, done), levels, lost };
}

/** What everybody has on a board: how many people, and the instant of the last of them; 0 where nobody. */
export type Scores = { scores: Int32Array; reachedAt: Float64Array };

/**
 * Counts people for their inviters, or for everybody above them.
 * @param instantOf when the person at a place came in; negative where they do not count
 */
export function countUp(
  inviters: Int32Array,
  { upwards }: Order,
  reach: "inviter" | "lineage",
  instantOf: (place: number) => number,
): Scores {
  const scores = new Int32Array(inviters.length);
  const reachedAt = new Float64Array(inviters.length);
  const add = (place: number, n: number, instant: number) => {
    scores[place] = (scores[place] as number) + n;
    if (instant > (reachedAt[place] as number)) reachedAt[place] = instant;
  };
  for (const place of upwards) {
    const inviter = inviters[place] as number;
    if (inviter === NOBODY) continue;
    const instant = instantOf(place);
    if (instant >= 0) add(inviter, 1, instant);
    if (reach === "lineage") add(inviter, scores[place] as number, reachedAt[place] as number);
  }
  return { scores, reachedAt };
}
