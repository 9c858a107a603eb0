import { z } from "@hono/zod-openapi";
import { limitOf } from "../../domain/page.ts";
import { readLocalCentres } from "../../services/centres.ts";
import { callOf } from "../env.ts";
import { accurateAsOf, rate } from "./growth.ts";
import { answer, idParam, route, router } from "./route.ts";
import { toIso } from "./times.ts";

const answered = z
  .object({
    accurateAsOf,
    people: z.int().openapi({ description: "Everybody in the campaign." }),
    excluded: z.int().openapi({
      description: "Of those whom somebody brought: voided or removed, so they count for nobody.",
    }),
    organic: rate,
    invited: rate,
    centralisation: rate.extend({
      most: z.int().openapi({ description: "The most that one person brought." }),
    }),
    topTenth: rate.extend({ hubs: z.int().openapi({ description: "How many the tenth are." }) }),
    hubs: z.array(
      z.object({
        participant: z.object({ id: z.string(), displayName: z.string() }),
        direct: z.int(),
        team: z.int(),
        cutOff: rate,
      }),
    ),
  })
  .openapi("Centres");

export const centres = router().openapi(
  route("read", {
    method: "get",
    path: "/campaigns/{id}/centres",
    tags: ["Trees"],
    summary: "Local centres: on whom the trees hang, and how much",
    description:
      "The hubs are those who stand first on the board of all time; people who were disqualified stand on none, but whom they brought counts in all figures.",
    request: {
      params: idParam("campaign"),
      query: z.strictObject({ by: z.enum(["team", "direct"]).default("team"), limit: limitOf(100, 10) }),
    },
    responses: { 200: answer(answered, "The hubs, and figures with what they are made of") },
  }),
  async (c) => {
    const read = await readLocalCentres(callOf(c), c.req.valid("param").id, c.req.valid("query"));
    const hubs = read.hubs.map(({ participantId, displayName, direct, team, cutOff }) => ({
      participant: { id: participantId, displayName },
      direct,
      team,
      cutOff,
    }));
    return c.json({ ...read, accurateAsOf: toIso(read.accurateAsOf), hubs }, 200);
  },
);
