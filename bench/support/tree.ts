/** Who brought whom, by place in the order of joining, and what that gives each of them. */
export type Tree = {
  size: number;
  /** The inviter's place; -1 for those whom the poster brought. */
  parent: Int32Array;
  depth: Int32Array;
  /** How many they brought, and the place of the last one. */
  direct: Int32Array;
  directLast: Int32Array;
  /** The same of everybody below them. */
  team: Int32Array;
  teamLast: Int32Array;
};

/** A random number generator with a seed (mulberry32): every run has the same tree. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One in so many comes by the poster. */
const BY_POSTER = 20;

const at = (numbers: Int32Array, i: number): number => numbers[i] as number;

/** A tree as campaigns grow: one in twenty comes by the poster, and who brought many brings more. */
export function growTree(size: number): Tree {
  const random = generator(1);
  const column = () => new Int32Array(size);
  const tree: Tree = {
    size,
    parent: column(),
    depth: column(),
    direct: column(),
    directLast: column(),
    team: column(),
    teamLast: column(),
  };
  const { parent, depth, direct, directLast, team, teamLast } = tree;
  for (let i = 0; i < size; i++) {
    let inviter = i === 0 || random() < 1 / BY_POSTER ? -1 : Math.floor(random() * i);
    if (inviter >= 0 && at(parent, inviter) >= 0 && random() < 0.5) inviter = at(parent, inviter);
    parent[i] = inviter;
    if (inviter < 0) continue;
    depth[i] = at(depth, inviter) + 1;
    direct[inviter] = at(direct, inviter) + 1;
    directLast[inviter] = i;
  }
  // Everybody stands behind their inviter: backwards, a team is whole when it is added.
  for (let i = size - 1; i >= 0; i--) {
    const inviter = at(parent, i);
    if (inviter < 0) continue;
    team[inviter] = at(team, inviter) + at(team, i) + 1;
    teamLast[inviter] = Math.max(at(teamLast, inviter), at(teamLast, i), i);
  }
  return tree;
}
