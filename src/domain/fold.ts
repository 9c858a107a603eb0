import { BUCKET_LEVELS, bucketsOf } from "./board.ts";
import { CREDIT_STATES, readCredit } from "./credit.ts";
import { metricOf } from "./metrics/index.ts";

/** What of a participant is, or is to be, in the boards. Ids and instants are as in the database. */
export type Counted = { inviterId: number | null; state: number; qualifiedAt: number | null };

/** A participant whose credit may have changed. `was` is null for somebody who was never folded. */
export type Change = { id: number; joinedAt: number; was: Counted | null; now: Counted };

/** A board that is kept, and the participants up to whom their credits are in it. */
export type KeptBoard = { id: number; metric: string; startsAt: number; endsAt: number; builtUpto: number };

/** Somebody whose score may change: everybody above the changes, and whoever was (dis)qualified. */
export type Standee = {
  id: number;
  inviterId: number | null;
  level: number;
  ranked: boolean;
  /** The boards whose filter leaves them out. */
  off: readonly number[];
  tallies: readonly Tally[];
};

/** A score on a board. */
export type Tally = { boardId: number; score: number; reachedAt: number; ranked: boolean };

/** What a fold writes. */
export type Folding = {
  tallies: { boardId: number; participantId: number; score: number; reachedAt: number; ranked: boolean }[];
  /** Rows that go: their score fell to nothing. */
  gone: { boardId: number; participantId: number }[];
  counts: { boardId: number; level: number; bucket: number; n: number }[];
  people: { boardId: number; n: number }[];
};

/**
 * Scores of a board whose last credit was taken away: the instant of the last one that is left must be looked
 * up. Below somebody whose own score is right the instant of that score is enough; of those who are
 * `changing` it is worked out here.
 */
export type Doubt = {
  boardId: number;
  participantIds: readonly number[];
  changing: readonly number[];
  /** Participants whose credit went in this fold. */
  without: readonly number[];
  /** Somebody who is leaving with everybody below them: not looked at either. */
  pruned: number | null;
};
export const doubtKey = (boardId: number, participantId: number): string => `${boardId}.${participantId}`;

/** What is added to a score: how many, and the latest instants of what came and what went. */
type Sum = { delta: number; came: number; went: number };
type Sums = Map<number, Sum>;

/** Adds to somebody's sum, in place: a fold of a crowd makes tens of thousands of them. */
function add(sums: Sums, id: number, delta: number, came: number, went: number): void {
  const sum = sums.get(id);
  if (sum === undefined) {
    sums.set(id, { delta, came, went });
    return;
  }
  sum.delta += delta;
  if (came > sum.came) sum.came = came;
  if (went > sum.went) sum.went = went;
}

/** Tells at which instant a credit counts on a board, or null where it does not. */
function instantsOn(board: KeptBoard) {
  const metric = metricOf(board.metric);
  const counting = CREDIT_STATES.map((state) => metric.counts(readCredit(state)));
  const byJoin = metric.when === "joined";
  return (joinedAt: number, counted: Counted | null): number | null => {
    if (counted === null || counted.inviterId === null || !counting[counted.state]) return null;
    const at = byJoin ? joinedAt : counted.qualifiedAt;
    return at !== null && at >= board.startsAt && at < board.endsAt ? at : null;
  };
}

/** What the changes add to the inviters' scores on a board, and whose credits went. */
function seedsOf(board: KeptBoard, changes: readonly Change[]) {
  const seeds: Sums = new Map();
  const without: number[] = [];
  const instantOn = instantsOn(board);
  for (const { id, joinedAt, was, now } of changes) {
    if (id > board.builtUpto) continue;
    const [before, after] = [instantOn(joinedAt, was), instantOn(joinedAt, now)];
    if (before === after && was?.inviterId === now.inviterId) continue;
    if (before !== null) {
      add(seeds, was?.inviterId as number, -1, 0, before);
      without.push(id);
    }
    if (after !== null) add(seeds, now.inviterId as number, 1, after, 0);
  }
  return { seeds, without };
}

/** Carries sums up the tree, each person once: children stand before their inviters in `deepestFirst`. */
function climb(seeds: Sums, deepestFirst: readonly Standee[]): Sums {
  for (const { id, inviterId } of deepestFirst) {
    const sum = inviterId === null ? undefined : seeds.get(id);
    if (sum !== undefined) add(seeds, inviterId as number, sum.delta, sum.came, sum.went);
  }
  return seeds;
}

/** What comes to the first scores that change on a board, and whose credits are not to be looked at again. */
type Seeding = { seeds: Sums; without: readonly number[]; pruned: number | null };

/** What is written, or the doubts that must be settled before. */
export type Folded = { folding: Folding; doubts: Doubt[] };

/**
 * Folds changes of credits into boards: linear in the changes and the people above them.
 * @param standees everybody above the changes; in any order
 * @param known instants of scores that were in doubt, by `doubtKey`; 0 where nothing is left of what was folded
 */
export const fold = (
  boards: readonly KeptBoard[],
  changes: readonly Change[],
  standees: readonly Standee[],
  known: ReadonlyMap<string, number>,
): Folded => foldSeeds(boards, standees, known, (board) => ({ ...seedsOf(board, changes), pruned: null }));

/** What goes with somebody who is moved, on one board: how many credits, and the instant of the last. */
export type Moving = { boardId: number; n: number; latest: number };

/**
 * Folds a move: what is counted for somebody and everybody below them goes from one inviter to another.
 * @param standees everybody above both inviters, and they themselves
 */
export function foldMove(
  boards: readonly KeptBoard[],
  moved: { id: number; from: number | null; to: number | null },
  moving: readonly Moving[],
  standees: readonly Standee[],
  known: ReadonlyMap<string, number>,
): Folded {
  return foldSeeds(boards, standees, known, ({ id }) => {
    const { n, latest } = moving.find(({ boardId }) => boardId === id) ?? { n: 0, latest: 0 };
    const seeds: Sums = new Map();
    if (n > 0 && moved.from !== null) add(seeds, moved.from, -n, 0, latest);
    if (n > 0 && moved.to !== null) add(seeds, moved.to, n, latest, 0);
    return { seeds, without: [], pruned: moved.id };
  });
}

function foldSeeds(
  boards: readonly KeptBoard[],
  standees: readonly Standee[],
  known: ReadonlyMap<string, number>,
  seed: (board: KeptBoard) => Seeding,
): Folded {
  const deepestFirst = [...standees].sort((a, b) => b.level - a.level);
  const folding: Folding = { tallies: [], gone: [], counts: [], people: [] };
  const doubts: Doubt[] = [];
  for (const board of boards) {
    const { seeds, without, pruned } = seed(board);
    const isLineage = metricOf(board.metric).reach === "lineage";
    const sums = isLineage ? climb(seeds, deepestFirst) : seeds;
    const counted = countOn(board.id, folding);
    const doubted: number[] = [];
    // The latest instant below each, of those whose scores change: they stand before their inviters.
    const below = new Map<number, number>();
    const carry = (inviterId: number | null, instant: number) => {
      if (isLineage && inviterId !== null) below.set(inviterId, Math.max(below.get(inviterId) ?? 0, instant));
    };
    for (const { id, inviterId, ranked, off, tallies } of deepestFirst) {
      const sum = sums.get(id);
      if (off.includes(board.id)) {
        if (sum !== undefined) carry(inviterId, below.get(id) ?? 0);
        continue;
      }
      const old = tallies.find(({ boardId }) => boardId === board.id);
      if (sum === undefined && (old === undefined || old.ranked === ranked)) continue;
      const { delta, came, went } = sum ?? { delta: 0, came: 0, went: 0 };
      const score = (old?.score ?? 0) + delta;
      let reachedAt = Math.max(old?.reachedAt ?? 0, came);
      if (score > 0 && went > came && went >= (old?.reachedAt ?? 0)) {
        const found = known.get(doubtKey(board.id, id));
        if (found === undefined) doubted.push(id);
        else reachedAt = Math.max(found, came, below.get(id) ?? 0);
      }
      if (sum !== undefined && score > 0) carry(inviterId, reachedAt);
      if (old?.ranked) counted.add(old, -1);
      if (score > 0) {
        if (ranked) counted.add({ score, reachedAt }, 1);
        folding.tallies.push({ boardId: board.id, participantId: id, score, reachedAt, ranked });
      } else if (old !== undefined) {
        folding.gone.push({ boardId: board.id, participantId: id });
      }
    }
    counted.finish();
    if (doubted.length > 0) {
      const changing = isLineage ? [...sums.keys()] : [];
      doubts.push({ boardId: board.id, participantIds: doubted, changing, without, pruned });
    }
  }
  return { folding, doubts };
}

/** Keeps count of who comes to a board's buckets and who goes. */
function countOn(boardId: number, folding: Folding) {
  const counts = BUCKET_LEVELS.map((level) => ({ level, byBucket: new Map<number, number>() }));
  let people = 0;
  return {
    add: ({ score, reachedAt }: Pick<Tally, "score" | "reachedAt">, n: number) => {
      people += n;
      const buckets = bucketsOf(score, reachedAt);
      for (const [i, { byBucket }] of counts.entries()) {
        const bucket = buckets[i];
        if (typeof bucket === "number") byBucket.set(bucket, (byBucket.get(bucket) ?? 0) + n);
      }
    },
    finish: () => {
      for (const { level, byBucket } of counts)
        for (const [bucket, n] of byBucket) if (n !== 0) folding.counts.push({ boardId, level, bucket, n });
      if (people !== 0) folding.people.push({ boardId, n: people });
    },
  };
}
