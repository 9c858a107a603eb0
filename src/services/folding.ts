import { FOREVER } from "../domain/board.ts";
import { type Doubt, fold } from "../domain/fold.ts";
import type { Id } from "../domain/id.ts";
import { METRICS } from "../domain/metrics/index.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { readFold } from "../store/fold/read.ts";
import { settleDoubts } from "../store/fold/settle.ts";
import { type FoldStep, workOutSettled } from "../store/fold/work-out.ts";
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

/**
 * Folds everything that is pending of a campaign into its boards; what comes in meanwhile may wait.
 * @param aside it is worked out beside those who have work meanwhile: they go on, and it takes longer
 */
export async function foldCampaign(ports: Ports, campaignId: Id, aside = false): Promise<void> {
  let limit = STEP;
  const goal: Goal = { upto: null };
  for (let lost = 0; lost < MAX_LOST;) {
    const step = await foldStep(ports, campaignId, { limit, goal, aside });
    if (step === "done") return;
    if (step === "held") await waitForHold(ports);
    if (step === "lost" || step === "held") lost++;
    // Every step walks up the lineages once: the deeper they are, the more a step should take in.
    else limit = step === "deep" ? Math.min(limit * 4, LONGEST_STEP) : STEP;
  }
  throw new Problem("busy", "The boards are being changed right now. Try again.");
}

const lacksBoards = ({ boards }: FoldStep): boolean =>
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
  { limit, goal, aside }: { limit: number; goal: Goal; aside: boolean },
): Promise<"done" | "more" | "deep" | "lost" | "held"> {
  const { db } = ports;
  const now = ports.now();
  const step = await readFold(db, campaignId, limit, now, aside);
  if (step.due && (await qualifyDue(db, campaignId, now, limit, ports.newId())) > 0) return "more";
  if (step.head === undefined || lacksBoards(step)) {
    await beginFold(db, campaignId, now);
    return "more";
  }
  goal.upto ??= step.last;
  // Where several fold at once, each does a part of it for the others.
  if (step.target === null || step.head.upto >= goal.upto) return "done";
  if (step.head.heldUntil !== null && step.head.heldUntil > now) return "held";
  const { boards, doubtful, target, newcomers } = step;
  const lists =
    doubtful === null ? step.lists : workOutSettled(step, await settleDoubts(db, boards, doubtful.doubts));
  const { version } = step.head;
  const written = await writeFold(db, campaignId, { version, target, newcomers, lists, now });
  if (!written) return "lost";
  if (!step.more || target >= goal.upto) return "done";
  return step.standing > 4 * step.changed ? "deep" : "more";
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
