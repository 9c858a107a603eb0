import { z } from "@hono/zod-openapi";
import { MODELS, replayQuery } from "../../domain/attribution.ts";
import * as service from "../../services/attribution.ts";
import { callOf } from "../env.ts";
import { answer, idParam, listQuery, route, router } from "./route.ts";

const counts = { now: z.int(), replayed: z.int() };

const replay = z
  .object({
    model: z.enum(MODELS),
    windowDays: z.int(),
    ruleVersion: z.int().openapi({ description: "The version of the campaign's rules that is in force." }),
    participants: z.int().openapi({ description: "Everybody who joined the campaign." }),
    joins: z.int().openapi({
      description:
        "Those of several arrivals, which were replayed: another rule changes nothing for the rest.",
    }),
    oldest: z.string().nullable().openapi({ description: "The participant of the oldest of them." }),
    truncated: z.boolean().openapi({
      description: "These are the newest; ask for the others with `before=<oldest>`.",
    }),
    changed: z.int().openapi({ description: "Joins that would be credited to another invite." }),
    byChannel: z
      .array(z.object({ channel: z.string().nullable(), medium: z.string().nullable(), ...counts }))
      .openapi({ description: "Of the joins replayed; channel null: participants' own invites." }),
    byInviter: z
      .array(z.object({ participant: z.object({ id: z.string(), displayName: z.string() }), ...counts }))
      .openapi({ description: "Of the joins replayed; the largest changes." }),
    changes: z
      .array(
        z.object({
          participantId: z.string(),
          inviteNow: z.string(),
          inviteReplayed: z.string(),
          inviterNow: z.string().nullable(),
          inviterReplayed: z.string().nullable(),
        }),
      )
      .openapi({ description: "The joins that change, newest first." }),
    next: z.string().nullable(),
    previous: z.string().nullable(),
  })
  .openapi("AttributionReplay");

export const attribution = router().openapi(
  route("read", {
    method: "get",
    path: "/campaigns/{id}/attribution",
    tags: ["Reports"],
    summary: "Whom other rules of attribution would credit",
    description: "Replays the arrivals that joins keep. Nothing is changed.",
    request: { params: idParam("campaign"), query: listQuery(replayQuery) },
    responses: { 200: answer(replay, "What would change") },
  }),
  async (c) => {
    const { page, ...report } = await service.readReplay(
      callOf(c),
      c.req.valid("param").id,
      c.req.valid("query"),
    );
    const { data: changes, next, previous } = page;
    return c.json({ ...report, changes, next, previous }, 200);
  },
);
