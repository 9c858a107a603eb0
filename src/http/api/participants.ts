import { z } from "@hono/zod-openapi";
import { REFUSALS } from "../../domain/attribution.ts";
import { REFERRAL_STATUSES, referralStatus, STANDINGS } from "../../domain/credit.ts";
import { mapPage } from "../../domain/page.ts";
import { CONFIRMATION_SOURCES, SEAT_STATES } from "../../domain/seat.ts";
import * as service from "../../services/participants.ts";
import { callOf } from "../env.ts";
import { credit, presentCredit } from "./credit.ts";
import { answer, idParam, listQuery, pageOf, route, router, routesOf } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

export const participant = z
  .object({
    id: z.string(),
    campaignId: z.string(),
    memberId: z.string(),
    inviterId: z.string().nullable().openapi({ description: "Who counts as their inviter today." }),
    depth: z.int().openapi({ description: "How many stand above them today." }),
    invitedVia: z.string().openapi({ description: "The invite that they came by." }),
    credit,
    groupId: z.string().nullable(),
    gateVersion: z.int(),
    displayName: z.string(),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    direct: z.int().openapi({ description: "People whom they brought." }),
    team: z.int().openapi({ description: "Everybody below them." }),
    joinedAt: iso,
    leftAt: iso.nullable(),
    standing: z.enum(STANDINGS).openapi({
      description:
        "What operators, or a re-check, say of them. `released`: out, and whoever brought them keeps the credit.",
    }),
    referral: z
      .object({
        status: z.enum(REFERRAL_STATUSES),
        qualifiesAt: iso.nullable().openapi({ description: "Until when they have to stay." }),
        qualifiedAt: iso.nullable(),
        refusal: z
          .enum(REFUSALS)
          .nullable()
          .openapi({ description: "Why the join was credited to nobody, though somebody invited them." }),
        cause: z.string().nullable().openapi({ description: "Why it was voided, or the person removed." }),
      })
      .nullable()
      .openapi({ description: "How it stands for the inviter; null where there is none." }),
    disqualified: z
      .object({ at: iso, cause: z.string().nullable() })
      .nullable()
      .openapi({ description: "They keep their score, and stand on no board." }),
    seat: z
      .object({
        state: z.enum(SEAT_STATES),
        until: iso.nullable().openapi({ description: "When an unconfirmed reservation lapses." }),
        confirmedAt: iso.nullable(),
        confirmationSource: z.enum(CONFIRMATION_SOURCES).nullable(),
      })
      .nullable(),
  })
  .openapi("Participant");
type Shown = z.output<typeof participant>;

/** How a referral stands; where a join was refused its credit, it counts for nobody. */
function presentReferral(row: service.Participant): Shown["referral"] {
  const { inviterId, refusal, qualifiesAt, qualifiedAt, leftAt } = row;
  if (inviterId === null && refusal === null) return null;
  const credit = {
    present: leftAt === null,
    qualified: qualifiedAt !== null,
    standing: row.standing ?? ("good" as const),
  };
  return {
    status: inviterId === null ? "voided" : referralStatus(credit),
    qualifiesAt: toIsoOrNull(qualifiesAt),
    qualifiedAt: toIsoOrNull(qualifiedAt),
    refusal,
    cause: row.standingCause,
  };
}

/** A participant as the API shows it. */
export const presentParticipant = (row: service.Participant): Shown => ({
  id: row.id,
  campaignId: row.campaignId,
  memberId: row.memberId,
  inviterId: row.inviterId,
  depth: row.depth + row.levelShift,
  invitedVia: row.invitedVia,
  credit: presentCredit(row),
  groupId: row.groupId,
  gateVersion: row.gateVersion,
  displayName: row.displayName,
  attributes: row.attributes ?? {},
  direct: row.direct,
  team: row.team,
  joinedAt: toIso(row.joinedAt),
  leftAt: toIsoOrNull(row.leftAt),
  standing: row.standing ?? "good",
  referral: presentReferral(row),
  disqualified:
    row.disqualifiedAt === null ? null : { at: toIso(row.disqualifiedAt), cause: row.disqualifiedCause },
  seat: row.seatState && {
    state: row.seatState,
    until: toIsoOrNull(row.seatUntil),
    confirmedAt: toIsoOrNull(row.seatConfirmedAt),
    confirmationSource: row.confirmationSource,
  },
});

const tags = ["Participants"];
const noun = routesOf({
  tags,
  kind: "participant",
  one: "/participants/{id}",
  shape: participant,
  said: "The participant",
});

export const participants = router()
  .openapi(
    route("read", {
      method: "get",
      path: "/campaigns/{id}/participants",
      tags,
      summary: "List a campaign's participants, newest first",
      request: { params: idParam("campaign"), query: listQuery({}) },
      responses: { 200: answer(pageOf(participant), "A page of participants") },
    }),
    async (c) => {
      const page = await service.listParticipants(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      return c.json(mapPage(page, presentParticipant), 200);
    },
  )
  .openapi(noun.read("Read a participant"), async (c) =>
    c.json(presentParticipant(await service.getParticipant(callOf(c), c.req.valid("param").id)), 200),
  );
