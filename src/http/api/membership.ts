import { z } from "@hono/zod-openapi";
import * as service from "../../services/membership.ts";
import { callOf } from "../env.ts";
import { participant, presentParticipant } from "./participants.ts";
import { answer, body, idParam, route, router } from "./route.ts";

const tags = ["Participants"];
const one = "/participants/{id}";
const confirmation = z.strictObject({ source: z.enum(["operator", "carrier"]).default("operator") });

export const membership = router()
  .openapi(
    route("write", {
      method: "post",
      path: `${one}/confirm`,
      tags,
      summary: "Confirm that the person took their seat",
      request: { params: idParam("participant"), body: body(confirmation) },
      responses: { 200: answer(participant, "The participant") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const confirmed = await service.confirmParticipant(callOf(c), id, c.req.valid("json").source);
      return c.json(presentParticipant(confirmed), 200);
    },
  )
  .openapi(
    route("write", {
      method: "post",
      path: `${one}/leave`,
      tags,
      summary: "Report that the person left: the seat goes to whoever waits",
      request: { params: idParam("participant") },
      responses: { 200: answer(participant, "The participant") },
    }),
    async (c) =>
      c.json(presentParticipant(await service.leaveCampaign(callOf(c), c.req.valid("param").id)), 200),
  )
  .openapi(
    route("write", {
      method: "post",
      path: `${one}/rejoin`,
      tags,
      summary: "Report that the person came back: they are seated where a group is open",
      request: { params: idParam("participant") },
      responses: { 200: answer(participant, "The participant") },
    }),
    async (c) =>
      c.json(presentParticipant(await service.rejoinCampaign(callOf(c), c.req.valid("param").id)), 200),
  );
