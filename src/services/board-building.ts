import { WHOLE } from "../domain/board.ts";
import { type Id, idCandidate } from "../domain/id.ts";
import { metricOf } from "../domain/metrics/index.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import type { BoardName } from "../store/board.ts";
import { openBoard, readBuild, writeBuild } from "../store/fold/build.ts";
import { settleDoubts } from "../store/fold/settle.ts";
import { decide } from "./folding.ts";

/** Participants whose credits are put into a board in one batch; more where the lineages are much longer. */
const PART = 1000;
const LONGEST_PART = 20_000;

/** How long a request works on a board that nobody asked for before, in milliseconds. */
const PATIENCE_MS = 3000;

/** Participants with lesser ids have no credit in the window: an id is never older than its row. */
const notBefore = ({ metric, startsAt }: BoardName): number =>
  metricOf(metric).when === "joined" && startsAt > 0 ? Math.max(0, idCandidate(startsAt, 0) - 1) : 0;

/** Has a board be kept, from its next request on or right away where it is new. */
export const keepBoard = (ports: Ports, campaignId: Id, name: BoardName): Promise<void> =>
  openBoard(ports.db, campaignId, name, ports.now());

/**
 * Builds a board from the credits that are folded, while joins and folds go on beside it.
 * @param until when to stop, in milliseconds since 1970
 * @returns whether it is whole
 */
export async function buildBoard(
  ports: Ports,
  campaignId: Id,
  boardId: number,
  name: BoardName,
  until: number,
): Promise<boolean> {
  const { db } = ports;
  let limit = PART;
  do {
    const part = await readBuild(db, campaignId, boardId, notBefore(name), limit);
    if (part === undefined) return true;
    const boards = [part.board];
    const folding = await decide(boards, part.changes, part.standees, (doubts) =>
      settleDoubts(db, boards, doubts),
    );
    const written = await writeBuild(db, campaignId, part, folding);
    if (written && part.upto === WHOLE) return true;
    // Every part walks up the lineages once: the deeper they are, the more a part should take in.
    if (part.standees.length > 4 * limit) limit = Math.min(limit * 4, LONGEST_PART);
  } while (ports.now() < until);
  return false;
}

/** Builds a board for somebody who waits for it. @throws Problem `board_building` when it takes longer */
export async function buildNow(
  ports: Ports,
  campaignId: Id,
  boardId: number,
  name: BoardName,
): Promise<void> {
  if (await buildBoard(ports, campaignId, boardId, name, ports.now() + PATIENCE_MS)) return;
  ports.later(`build ${boardId}`, 0, async () => {
    await buildBoard(ports, campaignId, boardId, name, ports.now() + 10 * PATIENCE_MS);
  });
  throw new Problem(
    "board_building",
    "This board was not asked for before and is being built. Ask again in a few seconds.",
  );
}
