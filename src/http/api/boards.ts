import { z } from "@hono/zod-openapi";
import { FOREVER } from "../../domain/board.ts";
import { boardFilter } from "../../domain/board-filter.ts";
import { METRIC_KINDS } from "../../domain/metrics/index.ts";
import { PERIOD_KINDS } from "../../domain/period.ts";
import { instant } from "../../domain/shapes.ts";
import { finaliseBoards } from "../../services/final-boards.ts";
import { type Board, type BoardLine, type BoardQuery, readLeaderboard } from "../../services/boards.ts";
import { together } from "../../services/together.ts";
import { type BoardPlace, readRank } from "../../services/board-places.ts";
import { toCsv } from "../csv.ts";
import { callOf } from "../env.ts";
import { etagMatches } from "../image-response.ts";
import { wholeAnswer } from "../whole-answer.ts";
import { answer, idParam, listQuery, route, router } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

const line = z
  .object({
    rank: z
      .int()
      .nullable()
      .openapi({ description: "Competition rank: 1, 2, 2, 4; null for somebody who is not ranked." }),
    score: z.int(),
    participant: z.object({ id: z.string(), displayName: z.string() }),
    reachedAt: iso.nullable().openapi({ description: "When the score was reached; null for a score of 0." }),
    notRanked: z
      .enum(["disqualified", "filtered"])
      .optional()
      .openapi({ description: "Why `around` shows somebody without a rank." }),
  })
  .openapi("LeaderboardRow");

const board = z
  .object({
    metric: z.enum(METRIC_KINDS),
    period: z.object({
      kind: z.enum(PERIOD_KINDS),
      from: iso.nullable(),
      to: iso.nullable(),
      timezone: z.string(),
    }),
    filter: boardFilter.optional(),
    status: z
      .enum(["live", "review", "final"])
      .openapi({ description: "`review`: the campaign is over; `final`: the board never changes again." }),
    accurateAsOf: iso.openapi({ description: "Everything that happened before is on the board." }),
    data: z.array(line),
    around: z.array(line).optional(),
    totalParticipants: z.int(),
    next: z.string().nullable(),
    previous: z.string().nullable(),
  })
  .openapi("Leaderboard");

const place = z
  .object({
    participant: z.object({ id: z.string(), displayName: z.string() }),
    metric: z.enum(METRIC_KINDS),
    status: z.enum(["live", "review", "final"]),
    rank: z
      .int()
      .nullable()
      .openapi({ description: "As on the leaderboard; null for somebody who is not ranked." }),
    position: z.int().nullable().openapi({
      description: "The place in the board's order, ties by who was first; null without a rank or a score.",
    }),
    score: z.int(),
    reachedAt: iso.nullable(),
    notRanked: z.enum(["disqualified", "filtered"]).optional(),
    totalParticipants: z.int(),
    accurateAsOf: iso,
  })
  .openapi("Rank");

const presentPlace = ({ off, reachedAt, accurateAsOf, ...read }: BoardPlace): z.output<typeof place> => ({
  ...read,
  reachedAt: toIsoOrNull(reachedAt),
  ...(off && { notRanked: off }),
  accurateAsOf: toIso(accurateAsOf),
});

/** In the order that product and reference show: rank and score before the person. */
const present = ({ rank, score, participant, reachedAt, off }: BoardLine): z.output<typeof line> => ({
  rank,
  score,
  participant,
  reachedAt: toIsoOrNull(reachedAt),
  ...(off && { notRanked: off }),
});

type Answer = z.output<typeof board>;

/** The parts of an answer as JSON: what stands before the instant, the rows, and what follows them. */
type Written = { of: string; start: string; rows: string; end: string };

const texts = new WeakMap<Board, string>();
const written = new WeakMap<readonly BoardLine[], Written>();

function write(read: Board, of: string): Written {
  const { kind, window, timezone } = read.period;
  const all = kind === "all";
  const start: Partial<Answer> = {
    metric: read.metric,
    period: {
      kind,
      from: all ? null : toIso(window.from),
      to: all || window.to === FOREVER ? null : toIso(window.to),
      timezone,
    },
    ...(Object.keys(read.filter).length === 0 ? {} : { filter: read.filter }),
    status: read.status,
  };
  const rows: Answer["data"] = read.data.map(present);
  const { totalParticipants, next, previous } = read;
  const end: Partial<Answer> = { totalParticipants, next, previous };
  return {
    of,
    start: JSON.stringify(start).slice(0, -1),
    rows: JSON.stringify(rows),
    end: JSON.stringify(end).slice(1),
  };
}

/** The answer as JSON, written once: pages are kept while the board stays as it is, so the same rows come again. */
function boardJson(read: Board): string {
  const whole = texts.get(read);
  if (whole !== undefined) return whole;
  const { data, version, totalParticipants, period } = read;
  const of = `${version} ${totalParticipants} ${period.kind} ${period.timezone}`;
  let known = written.get(data);
  if (known?.of !== of) written.set(data, (known = write(read, of)));
  const around = read.around === null ? "" : `"around":${JSON.stringify(read.around.map(present))},`;
  const text = `${known.start},"accurateAsOf":"${toIso(read.accurateAsOf)}","data":${known.rows},${around}${known.end}`;
  texts.set(read, text);
  return text;
}

const COLUMNS = ["rank", "score", "participantId", "displayName", "reachedAt"] as const;

const csvOf = ({ data }: Board): string =>
  toCsv(
    COLUMNS,
    data.map(({ participant, reachedAt, rank, score }) => ({
      rank,
      score,
      participantId: participant.id,
      displayName: participant.displayName,
      reachedAt: toIsoOrNull(reachedAt),
    })),
  );

const text = (max: number) => z.string().trim().min(1).max(max).optional();

const query = listQuery({
  metric: z
    .enum(METRIC_KINDS)
    .optional()
    .openapi({ description: "Default: the campaign's own, `board.metric` of its settings." }),
  period: z.enum(PERIOD_KINDS).default("all").openapi({
    description: "In the campaign's time zone; weeks begin on Monday. `custom` wants `from` and `to`.",
  }),
  date: z.string().max(10).optional().openapi({ description: "A day within the period; default: today." }),
  from: instant.optional(),
  to: instant.optional(),
  channel: text(80).openapi({ description: "Only those who came by an invite of this channel." }),
  region: text(80).openapi({ description: "Only those whose attribute `region` it is." }),
  tag: text(80).openapi({ description: "Only those whose attribute `tags` (a list with commas) has it." }),
  depth: z.coerce.number().int().min(0).max(1_000_000).optional(),
  around: z
    .string()
    .max(40)
    .optional()
    .openapi({ description: "A participant to show with their neighbours." }),
  fresh: z.enum(["true", "false"]).optional().openapi({ description: "`true`: with everything up to now." }),
  format: z.enum(["json", "csv"]).optional(),
});

/** What a query asks of the service. */
function questionOf(asked: z.output<typeof query>): BoardQuery {
  const { channel, region, tag, depth, fresh, format: _, ...ask } = asked;
  const filter = Object.entries({ channel, region, tag, depth }).filter(([, value]) => value !== undefined);
  return { ...ask, filter: Object.fromEntries(filter), fresh: fresh === "true" };
}

export const boards = router()
  .openapi(
    route("read", {
      method: "get",
      path: "/campaigns/{id}/leaderboard",
      tags: ["Reports"],
      summary: "Who brought how many",
      description:
        "Within a tie, who reached the score first comes first. People without a score are not listed. " +
        "Never more than a second old; `If-None-Match` saves the page that is already there.",
      request: { params: idParam("campaign"), query },
      responses: {
        200: {
          ...answer(board, "A page of the board; as CSV, the next cursor stands in `X-Next-Cursor`"),
          content: { "application/json": { schema: board }, "text/csv": { schema: z.string() } },
        },
        304: { description: "What the caller holds is what is there" },
      },
    }),
    async (c) => {
      const asked = c.req.valid("query");
      const { format } = asked;
      const call = callOf(c);
      // Of one address: see `checked`. So it is one question, whoever asks.
      const read = await together(call, asked, () =>
        readLeaderboard(call, c.req.valid("param").id, questionOf(asked)),
      );
      const csv =
        format === "csv" || (format === undefined && c.req.header("Accept")?.startsWith("text/csv"));
      const headers: Record<string, string> = {
        ETag: `W/"${csv ? "c" : "j"}${read.version}"`,
        "Cache-Control": "private, no-cache",
        Vary: "Accept, Authorization",
      };
      if (etagMatches(c.req.header("If-None-Match"), headers["ETag"] as string))
        return c.body(null, 304, headers) as never;
      if (csv) {
        if (read.next !== null) headers["X-Next-Cursor"] = read.next;
        return c.body(csvOf(read), 200, { ...headers, "Content-Type": "text/csv; charset=utf-8" }) as never;
      }
      headers["Content-Type"] = "application/json";
      return wholeAnswer(c, boardJson(read), headers, []) as never;
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: "/participants/{id}/rank",
      tags: ["Reports"],
      summary: "Where one person stands",
      description:
        "On the board of all time, for everybody. At the same cost for ten people and ten million, so a bot may ask for each.",
      request: {
        params: idParam("participant"),
        query: z.object({
          metric: z.enum(METRIC_KINDS).optional().openapi({ description: "Default: the campaign's own." }),
          fresh: z.enum(["true", "false"]).optional(),
        }),
      },
      responses: { 200: answer(place, "Their rank, and the place within a tie") },
    }),
    async (c) => {
      const { metric, fresh } = c.req.valid("query");
      const read = await readRank(callOf(c), c.req.valid("param").id, { metric, fresh: fresh === "true" });
      return c.json(presentPlace(read), 200);
    },
  )
  .openapi(
    route("write", {
      method: "post",
      path: "/campaigns/{id}/finalise",
      tags: ["Reports"],
      summary: "Close the boards of a campaign that is over, for good",
      description:
        "As they are now, the boards of all time never change again. Asked again, nothing changes.",
      request: { params: idParam("campaign") },
      responses: {
        200: answer(
          z.object({ boards: z.array(z.object({ metric: z.enum(METRIC_KINDS), final: z.boolean() })) }),
          "Each metric's board, and whether it is final",
        ),
      },
    }),
    async (c) => c.json({ boards: await finaliseBoards(callOf(c), c.req.valid("param").id) }, 200),
  );
