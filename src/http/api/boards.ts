import { z } from "@hono/zod-openapi";
import { METRIC_KINDS } from "../../domain/metrics/index.ts";
import { type BoardLine, readLeaderboard } from "../../services/boards.ts";
import { callOf } from "../env.ts";
import { answer, idParam, iso, listQuery, route, router, toIso, toIsoOrNull } from "./route.ts";

const line = z
  .object({
    rank: z.int().openapi({ description: "Competition rank: 1, 2, 2, 4." }),
    score: z.int(),
    participant: z.object({ id: z.string(), displayName: z.string() }),
    reachedAt: iso.nullable().openapi({ description: "When the score was reached; null for a score of 0." }),
  })
  .openapi("LeaderboardRow");

const board = z
  .object({
    metric: z.enum(METRIC_KINDS),
    period: z.object({
      kind: z.enum(["all"]),
      from: iso.nullable(),
      to: iso.nullable(),
      timezone: z.string(),
    }),
    status: z.enum(["live", "final"]),
    accurateAsOf: iso,
    data: z.array(line),
    around: z.array(line).optional(),
    totalParticipants: z.int(),
    next: z.string().nullable(),
    previous: z.string().nullable(),
  })
  .openapi("Leaderboard");

/** In the order that product and reference show: rank and score before the person. */
const present = ({ rank, score, participant, reachedAt }: BoardLine): z.output<typeof line> => ({
  rank,
  score,
  participant,
  reachedAt: toIsoOrNull(reachedAt),
});

export const boards = router().openapi(
  route("read", {
    method: "get",
    path: "/campaigns/{id}/leaderboard",
    tags: ["Reports"],
    summary: "Who brought how many",
    description:
      "Within a tie, who reached the score first comes first. People without a score are not listed.",
    request: {
      params: idParam("campaign"),
      query: listQuery({
        metric: z.enum(METRIC_KINDS).default("direct"),
        period: z.enum(["all"]).default("all"),
        around: z
          .string()
          .max(40)
          .optional()
          .openapi({ description: "A participant to show with their neighbours." }),
      }),
    },
    responses: { 200: answer(board, "A page of the board") },
  }),
  async (c) => {
    const { period, ...query } = c.req.valid("query");
    const read = await readLeaderboard(callOf(c), c.req.valid("param").id, query);
    const { data, around, timezone, accurateAsOf, metric, totalParticipants, next, previous } = read;
    return c.json(
      {
        metric,
        period: { kind: period, from: null, to: null, timezone },
        status: "live" as const,
        accurateAsOf: toIso(accurateAsOf),
        data: data.map(present),
        ...(around === null ? {} : { around: around.map(present) }),
        totalParticipants,
        next,
        previous,
      },
      200,
    );
  },
);
