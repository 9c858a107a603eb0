import { competitionRanks } from "../domain/board.ts";
import { DEFAULT_SETTINGS } from "../domain/campaign.ts";
import { type BoardFilter, filterText } from "../domain/board-filter.ts";
import { type Day, readDay } from "../domain/calendar.ts";
import { type Id, parseId } from "../domain/id.ts";
import type { MetricKind } from "../domain/metrics/index.ts";
import {
  badCursor,
  cutPage,
  decodeCursor,
  type Page,
  type PageQuery,
  type Position,
} from "../domain/page.ts";
import { type PeriodKind, type Window, windowOf } from "../domain/period.ts";
import { notFound, Problem } from "../domain/problem.ts";
import {
  type BoardAsk,
  type BoardKey,
  type BoardRead,
  type BoardSlice,
  type OffBoard,
} from "../store/board.ts";
import type { Ports } from "../runtime/ports.ts";
import { findCampaign } from "../store/campaigns.ts";
import { buildNow, keepBoard } from "./board-building.ts";
import { readPage } from "./board-pages.ts";
import { type Call, demand, found, tenantOf } from "./call.ts";
import { foldInTurn } from "./following.ts";
import { readFolded } from "./freshness.ts";

/** Rows either side of the participant whom `around` asks for. */
const NEIGHBOURS = 5;

export type BoardLine = {
  /** Null for somebody who stands on no board. */
  rank: number | null;
  score: number;
  participant: { id: Id; displayName: string };
  reachedAt: number | null;
  off?: OffBoard;
};

/** `live` while credits come in, `review` when the campaign is over, `final` once it was closed for good. */
export type BoardStatus = "live" | "review" | "final";

export type Board = Page<BoardLine> & {
  metric: MetricKind;
  period: { kind: PeriodKind; window: Window; timezone: string };
  filter: BoardFilter;
  status: BoardStatus;
  around: BoardLine[] | null;
  totalParticipants: number;
  accurateAsOf: number;
  /** Changes whenever the board does. */
  version: string;
};

export type BoardQuery = PageQuery & {
  /** The campaign's own, where none is named. */
  metric?: MetricKind | undefined;
  period?: PeriodKind | undefined;
  /** A day within the period, as in `2026-03-29`. */
  date?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  filter?: BoardFilter | undefined;
  around?: string | undefined;
  fresh?: boolean | undefined;
};

const keyOf = ({ score, reachedAt, participant }: BoardLine): string =>
  `${score}.${reachedAt}.${parseId("participant", participant.id)}`;

function readKey({ key }: Position): BoardKey {
  const [score, reachedAt, participant] = key.split(".").map(Number);
  const whole = [score, reachedAt, participant].every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
  if (!whole || key.split(".").length !== 3) throw badCursor();
  return { score, reachedAt, participant } as BoardKey;
}

const toLines = ({ rows, above, aboveScore }: BoardSlice, off: OffBoard | null): BoardLine[] =>
  competitionRanks(rows, above, aboveScore).map(({ participantId, displayName, rank, ...row }) => ({
    ...row,
    rank: off === null ? rank : null,
    participant: { id: participantId, displayName },
    ...(off === null ? {} : { off }),
  }));

const cut = new WeakMap<BoardSlice, Page<BoardLine>>();

/** A page as it is shown: worked out once for each that was read. */
function pageOf(slice: BoardSlice, limit: number, position: Position | null): Page<BoardLine> {
  const known = cut.get(slice);
  if (known !== undefined) return known;
  const lines = toLines(slice, null);
  // `cutPage` wants the rows as they were read: the nearest to the cursor first.
  const page = cutPage(position?.direction === "before" ? lines.reverse() : lines, limit, position, keyOf);
  cut.set(slice, page);
  return page;
}

/** The period that is asked for. @throws Problem for one that makes no sense */
function readPeriod({ period = "all", date, from, to }: BoardQuery): { day?: Day; custom: Window } {
  const fault = (path: string, message: string) =>
    new Problem("invalid_request", "The period makes no sense.", [{ path, code: "invalid_period", message }]);
  const day = date === undefined ? undefined : readDay(date);
  if (day === null) throw fault("?date", "is not a day, as in 2026-03-29");
  if (date !== undefined && !["day", "week", "month"].includes(period))
    throw fault("?date", "goes with a period of day, week or month");
  if (period !== "custom") {
    if (from !== undefined) throw fault("?from", "goes with period=custom");
    if (to !== undefined) throw fault("?to", "goes with period=custom");
    return { ...(day && { day }), custom: { from: 0, to: 0 } };
  }
  if (from === undefined) throw fault("?from", "is missing");
  if (to === undefined) throw fault("?to", "is missing");
  if (from >= to) throw fault("?to", "is not after `from`");
  return { custom: { from: Math.max(0, from), to } };
}

/** Which metric each campaign was ranked by when it was last asked: so a guess, which a read confirms. */
const ownMetrics = new WeakMap<Ports["log"], Map<Id, MetricKind>>();

function ownMetricsOf({ log }: Ports): Map<Id, MetricKind> {
  const known = ownMetrics.get(log) ?? new Map<Id, MetricKind>();
  ownMetrics.set(log, known);
  if (known.size > 1000) known.clear();
  return known;
}

/** A campaign's time zone may be so old: without it every page of a day's board would cost a trip more. */
const ZONE_MS = 5000;
const zones = new WeakMap<Ports["log"], Map<string, { timezone: string; at: number }>>();

async function timezoneOf(call: Call, campaignId: Id): Promise<string> {
  const { ports, actor } = call;
  const known = zones.get(ports.log) ?? new Map<string, { timezone: string; at: number }>();
  zones.set(ports.log, known);
  const key = `${actor.workspaceId} ${actor.campaignId} ${campaignId}`;
  const now = ports.now();
  const kept = known.get(key);
  if (kept !== undefined && Math.abs(now - kept.at) < ZONE_MS) return kept.timezone;
  const { timezone } = found(await findCampaign(ports.db, tenantOf(call), campaignId), "campaign");
  if (known.size > 1000) known.clear();
  known.set(key, { timezone, at: now });
  return timezone;
}

/** How a board stands: final, under review, or live. */
export function statusOf(
  {
    board,
    campaign,
  }: { board: { state: string } | null; campaign: Pick<BoardRead["campaign"], "status" | "endsAt"> },
  now: number,
): BoardStatus {
  if (board?.state === "final") return "final";
  const over = campaign.status === "ended" || (campaign.endsAt !== null && campaign.endsAt <= now);
  return over ? "review" : "live";
}

/** A page of a campaign's leaderboard, and the surroundings of one participant where asked. */
export async function readLeaderboard(call: Call, campaignId: Id, query: BoardQuery): Promise<Board> {
  demand(call, "read");
  const { ports } = call;
  const tenant = tenantOf(call);
  const { period = "all", limit, filter = {} } = query;
  const own = ownMetricsOf(ports);
  const metric = query.metric ?? own.get(campaignId) ?? DEFAULT_SETTINGS.board.metric;
  const position = query.cursor === undefined ? null : decodeCursor(query.cursor);
  if (query.cursor !== undefined && position === null) throw badCursor();
  if (query.around !== undefined && parseId("participant", query.around) === null)
    throw notFound("participant");
  const { day, custom } = readPeriod(query);
  // Only the calendar's periods need the campaign's time zone before the board is read.
  const zoned = period !== "all" && period !== "custom";
  const timezone = zoned ? await timezoneOf(call, campaignId) : "UTC";
  const window = windowOf(period, timezone, ports.now(), day, custom);
  const name = { metric, startsAt: window.from, endsAt: window.to, filter: filterText(filter) };
  const ask: Omit<BoardAsk, "now"> = {
    ...name,
    campaignId,
    limit,
    from: position && { direction: position.direction, key: readKey(position) },
    around: query.around === undefined ? null : { id: query.around, neighbours: NEIGHBOURS },
  };
  const read = async (now: number) => found(await readPage(ports, tenant, { ...ask, now }), "campaign");
  const readAll = () => readFolded(ports, () => campaignId, query.fresh ?? false, read);
  let board = await readAll();
  if (query.metric === undefined && board.campaign.metric !== metric) {
    own.set(campaignId, board.campaign.metric);
    return readLeaderboard(call, campaignId, query);
  }
  if (board.board === null || board.board.state === "building") {
    if (board.board === null) {
      await foldInTurn(ports, campaignId);
      await keepBoard(ports, campaignId, name);
      board = await readAll();
    }
    if (board.board?.state === "building") {
      await buildNow(ports, campaignId, board.board.id, name);
      board = await readAll();
    }
  }
  if (board.around?.rows.length === 0) throw notFound("participant");
  const status = statusOf(board, ports.now());
  return {
    ...pageOf(board.page, limit, position),
    metric,
    period: { kind: period, window, timezone: board.campaign.timezone },
    filter,
    status,
    around: board.around && toLines(board.around, board.around.off),
    totalParticipants: board.totalParticipants,
    accurateAsOf: board.board?.finalAt ?? board.accurateAsOf,
    version: `${board.board?.id}.${status === "final" ? "final" : board.version}.${status}`,
  };
}
