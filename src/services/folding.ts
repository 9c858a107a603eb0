import { FOREVER } from "../domain/board.ts";
import { type Doubt, fold } from "../domain/fold.ts";
import { type Allowance, fullAllowance, type Lag, MAX_LAG_MS, refill } from "../domain/freshness.ts";
import { type Id, idTime } from "../domain/id.ts";
import { METRICS } from "../domain/metrics/index.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { type FoldRead, readFold } from "../store/fold/read.ts";
import { settleDoubts } from "../store/fold/settle.ts";
import { beginFold, writeFold } from "../store/fold/write.ts";
import { qualifyDue } from "../store/standing/qualify.ts";

/** Entries of the ledger that a step folds at the most, where the lineages are short, or many times as long as those. */
const STEP = 2000;
const LONGEST_STEP = 20_000;

/** Steps that may be lost to others who fold the same campaign, or hold it, before giving up. */
const MAX_LOST = 50;

/** How long to wait, about, while folds are held, in milliseconds. */
const HELD_WAIT_MS = 50;

/** Waits about as long as it takes until folds that are held may go on. */
export const waitForHold = ({ random }: Ports): Promise<void> => {
  // Those who wait together do not come back together.
  const [share = 0] = random(1);
  return new Promise((resolve) => setTimeout(resolve, HELD_WAIT_MS * (0.5 + share / 256)));
};

/** Folds everything that is pending of a campaign into its boards; what comes in meanwhile may wait. */
export async function foldCampaign(ports: Ports, campaignId: Id): Promise<void> {
  let limit = STEP;
  const goal: Goal = { upto: null };
  for (let lost = 0; lost < MAX_LOST;) {
    const step = await foldStep(ports, campaignId, limit, goal);
    if (step === "done") return;
    if (step === "held") await waitForHold(ports);
    if (step === "lost" || step === "held") lost++;
    // Every step walks up the lineages once: the deeper they are, the more a step should take in.
    else limit = step === "deep" ? Math.min(limit * 4, LONGEST_STEP) : STEP;
  }
  throw new Problem("busy", "The boards are being changed right now. Try again.");
}

const lacksBoards = ({ boards }: FoldRead): boolean =>
  METRICS.some(
    ({ kind }) =>
      !boards.some(({ metric, endsAt, filter }) => metric === kind && endsAt === FOREVER && filter === ""),
  );

/** The last entry that is to be folded: the last one that there was when the fold began. */
type Goal = { upto: number | null };

/** One step: load, decide, commit. `lost`: somebody else folded meanwhile. `held`: nobody may right now. */
async function foldStep(
  ports: Ports,
  campaignId: Id,
  limit: number,
  goal: Goal,
): Promise<"done" | "more" | "deep" | "lost" | "held"> {
  const { db } = ports;
  const now = ports.now();
  const read = await readFold(db, campaignId, limit, now);
  if (read.due && (await qualifyDue(db, campaignId, now, limit, ports.newId())) > 0) return "more";
  if (read.head === undefined || lacksBoards(read)) {
    await beginFold(db, campaignId, now);
    return "more";
  }
  goal.upto ??= read.last;
  // Where several fold at once, each does a part of it for the others.
  if (read.target === null || read.head.upto >= goal.upto) return "done";
  if (read.head.heldUntil !== null && read.head.heldUntil > now) return "held";
  const { boards, changes, standees, target } = read;
  const folding = await decide(boards, changes, standees, (doubts) => settleDoubts(db, boards, doubts));
  const { version } = read.head;
  const written = await writeFold(db, campaignId, { version, target, changes, folding, now });
  if (!written) return "lost";
  if (!read.more || target >= goal.upto) return "done";
  return standees.length > 4 * changes.length ? "deep" : "more";
}

/** Folds, looking up what is in doubt. */
export async function decide(
  boards: Parameters<typeof fold>[0],
  changes: Parameters<typeof fold>[1],
  standees: Parameters<typeof fold>[2],
  settle: (doubts: Doubt[]) => Promise<Map<string, number>>,
) {
  const first = fold(boards, changes, standees, new Map());
  if (first.doubts.length === 0) return first.folding;
  return fold(boards, changes, standees, await settle(first.doubts)).folding;
}

const allowances = new WeakMap<Ports["log"], Map<string, Allowance>>();

/** Takes one of the folds, or counts, that readers of a campaign may ask for; false when there is none left. */
export function mayFold(ports: Ports, campaignId: string): boolean {
  const all = allowances.get(ports.log) ?? new Map<string, Allowance>();
  allowances.set(ports.log, all);
  const now = ports.now();
  const { left, at } = refill(all.get(campaignId) ?? fullAllowance(now), now);
  if (all.size > 1000) all.clear();
  all.set(campaignId, { left: left < 1 ? left : left - 1, at });
  return left >= 1;
}

/** The instant up to which everything is in what was read at `at`. */
export const accurateAsOf = ({ firstUnfolded, dueSince }: Lag, at: number): number =>
  Math.min(at, dueSince ?? at, firstUnfolded === null ? at : idTime(firstUnfolded));

/**
 * Reads boards as they are now while that costs little, else as they were at most a second ago.
 * @param fresh folds first, whatever it costs
 */
export async function readFolded<T extends Lag>(
  ports: Ports,
  campaignIdOf: (read: T) => Id,
  fresh: boolean,
  read: (now: number) => Promise<T>,
): Promise<T & { accurateAsOf: number }> {
  const now = ports.now();
  const first = await read(now);
  if (first.firstUnfolded === null && first.dueSince === null) return { ...first, accurateAsOf: now };
  const since = accurateAsOf(first, now);
  const campaignId = campaignIdOf(first);
  if (!fresh && now - since < MAX_LAG_MS && !mayFold(ports, campaignId))
    return { ...first, accurateAsOf: since };
  // Whatever was committed by now is folded next: ids may be older than that, where writes had to wait.
  const folding = ports.now();
  await foldCampaign(ports, campaignId);
  const later = ports.now();
  const second = await read(later);
  return { ...second, accurateAsOf: Math.max(folding, accurateAsOf(second, later)) };
}
