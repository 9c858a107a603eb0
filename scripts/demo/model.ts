/** One join as far as attribution goes: what the demo saw happen, or what an entry of the ledger says. */
export type Join = {
  id: string;
  /** The inviter's id, null for those who came by a channel. */
  parent: string | null;
  /** The code of the invite that was scanned. */
  invite: string;
  group: string;
  /** ISO 8601, UTC. */
  at: string;
};

export type Metric = "direct" | "team";

export type Line = { rank: number; score: number; id: string; reachedAt: string };

/** Everything that follows from a list of joins, counted anew in the plainest way. */
export type Count = {
  joins: Map<string, Join>;
  depth: Map<string, number>;
  score: Record<Metric, Map<string, number>>;
  board: Record<Metric, Line[]>;
  seats: Map<string, number>;
  uses: Map<string, number>;
};

const add = (to: Map<string, number>, key: string): void => void to.set(key, (to.get(key) ?? 0) + 1);

/**
 * Counts from joins alone. Shares no code with the product, so that a mistake there cannot hide here.
 * @throws an Error when a parent is missing or an inviter stands above themselves
 */
export function count(joins: readonly Join[]): Count {
  const byId = new Map(joins.map((join) => [join.id, join]));
  const depth = new Map<string, number>();
  const score = { direct: new Map<string, number>(), team: new Map<string, number>() };
  const reached = { direct: new Map<string, string>(), team: new Map<string, string>() };
  const seats = new Map<string, number>();
  const uses = new Map<string, number>();
  const credit = (metric: Metric, id: string, at: string) => {
    add(score[metric], id);
    if (at > (reached[metric].get(id) ?? "")) reached[metric].set(id, at);
  };
  for (const { id, parent, group, invite, at } of joins) {
    add(seats, group);
    add(uses, invite);
    let steps = 0;
    for (let above = parent; above !== null; above = parentOf(byId, above)) {
      credit("team", above, at);
      if (++steps > joins.length) throw new Error(`the inviters of ${id} go round in a circle`);
    }
    if (parent !== null) credit("direct", parent, at);
    depth.set(id, steps);
  }
  const board = {
    direct: rank(score.direct, reached.direct),
    team: rank(score.team, reached.team),
  };
  return { joins: byId, depth, score, board, seats, uses };
}

function parentOf(byId: ReadonlyMap<string, Join>, id: string): string | null {
  const join = byId.get(id);
  if (join === undefined) throw new Error(`${id} invites, but never joined`);
  return join.parent;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Best score first, then who reached it first, then the older id; equal scores share a rank (1, 2, 2, 4). */
function rank(score: ReadonlyMap<string, number>, reached: ReadonlyMap<string, string>): Line[] {
  const lines = [...score].map(([id, score]) => ({ rank: 0, score, id, reachedAt: reached.get(id) ?? "" }));
  lines.sort((a, b) => b.score - a.score || byText(a.reachedAt, b.reachedAt) || byText(a.id, b.id));
  for (const line of lines) line.rank = 1 + lines.findIndex(({ score }) => score === line.score);
  return lines;
}

/** Everybody below `id`, themselves included. */
export function teamOf({ joins }: Count, id: string): Set<string> {
  const team = new Set([id]);
  for (let size = 0; size < team.size;) {
    size = team.size;
    for (const join of joins.values()) if (join.parent !== null && team.has(join.parent)) team.add(join.id);
  }
  return team;
}
