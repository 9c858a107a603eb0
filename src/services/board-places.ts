import type { Id } from "../domain/id.ts";
import type { MetricKind } from "../domain/metrics/index.ts";
import { type OffBoard } from "../store/board.ts";
import { type PlaceRead, readPlace } from "../store/board-place.ts";
import { type BoardStatus, readLeaderboard, statusOf } from "./boards.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { readFolded } from "./freshness.ts";

/** Where somebody stands on a campaign's board of all time. */
export type BoardPlace = {
  participant: { id: Id; displayName: string };
  metric: MetricKind;
  status: BoardStatus;
  score: number;
  reachedAt: number | null;
  /** Competition rank: 1, 2, 2, 4; null for somebody who is not ranked. */
  rank: number | null;
  /** The place in the board's order, where who reached a score first stands before the others; null without a score. */
  position: number | null;
  off: OffBoard | null;
  totalParticipants: number;
  accurateAsOf: number;
};

/**
 * Tells where a participant stands, by the campaign's own metric where none is named: one read of a fixed cost,
 * however many stand above them.
 * @param fresh folds first, whatever it costs
 */
export async function readRank(
  call: Call,
  id: Id,
  { metric, fresh = false }: { metric?: MetricKind | undefined; fresh?: boolean },
): Promise<BoardPlace> {
  demand(call, "read");
  const { ports } = call;
  const read = async (now: number) =>
    found(await readPlace(ports.db, tenantOf(call), id, metric ?? null, now), "participant");
  const place = await readFolded(ports, ({ campaign }) => campaign.id, fresh, read);
  const isWhole = place.board !== null && place.board.state !== "building";
  return isWhole ? placeOf(place, id, ports.now()) : placeOnNewBoard(call, place, id);
}

function placeOf(place: PlaceRead & { accurateAsOf: number }, id: Id, now: number): BoardPlace {
  const { displayName, metric, score, reachedAt, aboveScore, inTie, off, board, campaign, accurateAsOf } =
    place;
  const ranked = off === null;
  return {
    participant: { id, displayName },
    metric,
    status: statusOf(place, now),
    score,
    reachedAt: score > 0 ? reachedAt : null,
    rank: ranked ? aboveScore + 1 : null,
    position: ranked && score > 0 ? aboveScore + inTie + 1 : null,
    off,
    totalParticipants: campaign.people,
    accurateAsOf: board?.finalAt ?? accurateAsOf,
  };
}

/** The first question about a board has it made, as the leaderboard does. */
async function placeOnNewBoard(call: Call, { campaign, metric }: PlaceRead, id: Id): Promise<BoardPlace> {
  await readLeaderboard(call, campaign.id, { limit: 1, metric });
  const now = call.ports.now();
  const place = found(await readPlace(call.ports.db, tenantOf(call), id, metric, now), "participant");
  return placeOf({ ...place, accurateAsOf: now }, id, now);
}
