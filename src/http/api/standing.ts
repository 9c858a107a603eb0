import { deed, moveInput } from "../../domain/standing.ts";
import * as service from "../../services/standing.ts";
import { callOf } from "../env.ts";
import { participant, presentParticipant } from "./participants.ts";
import { answer, body, idParam, route, router } from "./route.ts";

const tags = ["Participants"];

/** What all of these have in common: a cause, kept in the ledger, and the participant as the answer. */
const act = <const P extends string>(verb: P, summary: string) =>
  route("write", {
    method: "post",
    path: `/participants/{id}/${verb}`,
    tags,
    summary,
    description: "Done twice it changes nothing; an `eventId` makes it safe to send again much later.",
    request: { params: idParam("participant"), body: body(deed) },
    responses: { 200: answer(participant, "The participant") },
  });

export const standing = router()
  .openapi(act("void", "Take a referral back: it counts for nobody"), async (c) => {
    const { id } = c.req.valid("param");
    return c.json(presentParticipant(await service.voidReferral(callOf(c), id, c.req.valid("json"))), 200);
  })
  .openapi(
    act("remove", "Remove a person from the campaign: their seat goes to whoever waits"),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(
        presentParticipant(await service.removeParticipant(callOf(c), id, c.req.valid("json"))),
        200,
      );
    },
  )
  .openapi(
    act(
      "restore",
      "Take `void` or `remove` back; who was removed is seated where a group is open and nobody waits",
    ),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(
        presentParticipant(await service.restoreParticipant(callOf(c), id, c.req.valid("json"))),
        200,
      );
    },
  )
  .openapi(act("disqualify", "Take a person off all boards; they keep their score"), async (c) => {
    const { id } = c.req.valid("param");
    const row = await service.disqualifyParticipant(callOf(c), id, c.req.valid("json"), true);
    return c.json(presentParticipant(row), 200);
  })
  .openapi(act("reinstate", "Let a person who was disqualified stand on the boards again"), async (c) => {
    const { id } = c.req.valid("param");
    const row = await service.disqualifyParticipant(callOf(c), id, c.req.valid("json"), false);
    return c.json(presentParticipant(row), 200);
  })
  .openapi(
    route("write", {
      method: "post",
      path: "/participants/{id}/move",
      tags,
      summary: "Correct who counts as a person's inviter; everybody below them goes along",
      description:
        "`inviterId` null: nobody. The first inviter stays in the ledger. Refused (`invalid_move`) where it would be the person, somebody below them, somebody who was removed, or no participant of the campaign.",
      request: { params: idParam("participant"), body: body(moveInput) },
      responses: { 200: answer(participant, "The participant") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(
        presentParticipant(await service.moveParticipant(callOf(c), id, c.req.valid("json"))),
        200,
      );
    },
  );
