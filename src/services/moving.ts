import { foldMove } from "../domain/fold.ts";
import { type Id, parseId } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { aroundMove, readMove } from "../store/fold/move.ts";
import { settleDoubts } from "../store/fold/settle.ts";
import { type Move, type Moved, move } from "../store/standing/move.ts";
import { foldCampaign } from "./folding.ts";

/** Moves that may be lost to joins and folds in between before giving up. */
const MAX_LOST = 50;

/**
 * Moves somebody with everybody below them to another inviter, and what they count for on all boards with
 * them, in one batch. So the tree that a fold walks is always the one that the boards were made by.
 */
export async function moveWithBoards(
  ports: Ports,
  campaignId: Id,
  request: Move,
): Promise<Exclude<Moved, "lost">> {
  const { db } = ports;
  const { id, to } = request;
  for (let lost = 0; lost < MAX_LOST; lost++) {
    await foldCampaign(ports, campaignId);
    const read = await readMove(db, campaignId, id, to);
    if (read === undefined) return "unchanged";
    const moved = {
      id: parseId("participant", id) as number,
      from: read.from,
      to: to === null ? null : parseId("participant", to),
    };
    const folded = (known: ReadonlyMap<string, number>) =>
      foldMove(read.boards, moved, read.moving, read.standees, known);
    let { folding, doubts } = folded(new Map());
    if (doubts.length > 0) ({ folding } = folded(await settleDoubts(db, read.boards, doubts)));
    const outcome = await move(db, request, aroundMove(db, campaignId, id, to, read, folding));
    if (outcome !== "lost") return outcome;
  }
  throw new Problem("busy", "The boards are being changed right now. Try again.");
}
