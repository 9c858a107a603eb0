import { foldMove } from "../domain/fold.ts";
import { type Id, parseId } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { holdFolds, releaseFolds } from "../store/fold/hold.ts";
import { aroundMove, readMove } from "../store/fold/move.ts";
import { settleDoubts } from "../store/fold/settle.ts";
import { type Move, type Moved, move } from "../store/standing/move.ts";
import { foldCampaign, waitForHold } from "./folding.ts";

/** Moves that may be lost to folds in between, or wait for other moves, before giving up. */
const MAX_LOST = 50;

/** How long folds wait for a move at the most, in milliseconds: as long as one of a large team takes. */
const HOLD_MS = 2_000;

/**
 * Moves somebody with everybody below them to another inviter, and what they count for on all boards with
 * them, in one batch. So the tree that a fold walks is always the one that the boards were made by. What is
 * not folded yet is none of the move's: it will be counted where they stand by then.
 * A move that was lost to a fold has the next ones wait: several servers that fold leave it no gap else.
 */
export async function moveWithBoards(
  ports: Ports,
  campaignId: Id,
  request: Move,
): Promise<Exclude<Moved, "lost">> {
  let hold: number | null = null;
  try {
    for (let lost = 0; lost < MAX_LOST; lost++) {
      const outcome = await tryMove(ports, campaignId, request);
      if (outcome !== "lost") return outcome;
      const now = ports.now();
      const until = now + HOLD_MS;
      const held: boolean = await holdFolds(ports.db, campaignId, { mine: hold, until, now });
      hold = held ? until : null;
      if (!held) await waitForHold(ports);
    }
  } finally {
    if (hold !== null) await releaseFolds(ports.db, campaignId, hold);
  }
  throw new Problem("busy", "The boards are being changed right now. Try again.");
}

async function tryMove(ports: Ports, campaignId: Id, request: Move): Promise<Moved> {
  const { db } = ports;
  const { id, to } = request;
  let read = await readMove(db, campaignId, id, to);
  if (read === undefined) {
    // Nothing was ever folded.
    await foldCampaign(ports, campaignId);
    read = await readMove(db, campaignId, id, to);
    if (read === undefined) return "unchanged";
  }
  const { boards, from, moving, standees } = read;
  const moved = {
    id: parseId("participant", id) as number,
    from,
    to: to === null ? null : parseId("participant", to),
  };
  const folded = (known: ReadonlyMap<string, number>) => foldMove(boards, moved, moving, standees, known);
  let { folding, doubts } = folded(new Map());
  if (doubts.length > 0) ({ folding } = folded(await settleDoubts(db, boards, doubts)));
  return move(db, request, aroundMove(db, campaignId, id, to, read, folding));
}
