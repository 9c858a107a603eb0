import { competitionRanks } from "../domain/board.ts";
import type { Id } from "../domain/id.ts";
import type { MetricKind } from "../domain/metrics/index.ts";
import { badCursor, cutPage, decodeCursor, type Page, type Position } from "../domain/page.ts";
import { notFound } from "../domain/problem.ts";
import { type BoardKey, type BoardSlice, readBoard } from "../store/board.ts";
import { parseId } from "../domain/id.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";

/** Rows either side of the participant whom `around` asks for. */
const NEIGHBOURS = 5;

export type BoardLine = {
  rank: number;
  score: number;
  participant: { id: Id; displayName: string };
  reachedAt: number | null;
};

export type Board = Page<BoardLine> & {
  metric: MetricKind;
  timezone: string;
  around: BoardLine[] | null;
  totalParticipants: number;
  accurateAsOf: number;
};

export type BoardQuery = {
  metric: MetricKind;
  limit: number;
  cursor?: string | undefined;
  around?: string | undefined;
};

const keyOf = ({ score, reachedAt, participant }: BoardLine): string =>
  `${score}.${reachedAt}.${parseId("participant", participant.id)}`;

function readKey({ key }: Position): BoardKey {
  const [score, reachedAt, participant] = key.split(".").map(Number);
  const whole = [score, reachedAt, participant].every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
  if (!whole || key.split(".").length !== 3) throw badCursor();
  return { score, reachedAt, participant } as BoardKey;
}

const toLines = ({ rows, above, aboveScore }: BoardSlice): BoardLine[] =>
  competitionRanks(rows, above, aboveScore).map(({ participantId, displayName, ...row }) => ({
    ...row,
    participant: { id: participantId, displayName },
  }));

/** A page of a campaign's leaderboard, and the surroundings of one participant where asked. */
export async function readLeaderboard(call: Call, campaignId: Id, query: BoardQuery): Promise<Board> {
  demand(call, "read");
  const { db, now } = call.ports;
  const accurateAsOf = now();
  const position = query.cursor === undefined ? null : decodeCursor(query.cursor);
  if (query.cursor !== undefined && position === null) throw badCursor();
  if (query.around !== undefined && parseId("participant", query.around) === null)
    throw notFound("participant");
  const board = found(
    await readBoard(db, tenantOf(call), {
      campaignId,
      metric: query.metric,
      limit: query.limit,
      from: position && { direction: position.direction, key: readKey(position) },
      around: query.around === undefined ? null : { id: query.around, neighbours: NEIGHBOURS },
    }),
    "campaign",
  );
  if (board.around?.rows.length === 0) throw notFound("participant");
  const lines = toLines(board.page);
  // `cutPage` wants the rows as they were read: the nearest to the cursor first.
  const read = position?.direction === "before" ? lines.reverse() : lines;
  return {
    ...cutPage(read, query.limit, position, keyOf),
    metric: query.metric,
    timezone: board.timezone,
    around: board.around && toLines(board.around),
    totalParticipants: board.totalParticipants,
    accurateAsOf,
  };
}
