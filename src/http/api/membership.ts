import { z } from "@hono/zod-openapi";
import { told } from "../../domain/seat.ts";
import * as service from "../../services/membership.ts";
import { callOf } from "../env.ts";
import { participant, presentParticipant } from "./participants.ts";
import { answer, idParam, maybeBody, route, router } from "./route.ts";

const tags = ["Participants"];
const one = "/participants/{id}";
const confirmation = z.strictObject({ source: z.enum(["operator", "carrier"]).optional() });

const movement = <const V extends string>(verb: V, summary: string) =>
  route("write", {
    method: "post",
    path: `${one}/${verb}`,
    tags,
    summary,
    description:
      "With an `eventId`, or a time of its own (`at`), an event is kept once, however late it comes: what holds follows from all of them and their times. With neither, it is of now, and kept only if it changes something.",
    request: { params: idParam("participant"), body: maybeBody(told) },
    responses: { 200: answer(participant, "The participant") },
  });

export const membership = router()
  .openapi(
    route("write", {
      method: "post",
      path: `${one}/confirm`,
      tags,
      summary: "Confirm that the person took their seat",
      request: { params: idParam("participant"), body: maybeBody(confirmation) },
      responses: { 200: answer(participant, "The participant") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const { source } = c.req.valid("json");
      return c.json(
        presentParticipant(await service.confirmParticipant(callOf(c), id, source ?? "operator")),
        200,
      );
    },
  )
  .openapi(movement("leave", "Report that the person left: the seat goes to whoever waits"), async (c) => {
    const { id } = c.req.valid("param");
    return c.json(presentParticipant(await service.leaveCampaign(callOf(c), id, c.req.valid("json"))), 200);
  })
  .openapi(
    movement(
      "rejoin",
      "Report that the person came back: they are seated where a group is open and nobody waits",
    ),
    async (c) => {
      const { id } = c.req.valid("param");
      const row = await service.rejoinCampaign(callOf(c), id, c.req.valid("json"));
      return c.json(presentParticipant(row), 200);
    },
  );
