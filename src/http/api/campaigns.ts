import { z } from "@hono/zod-openapi";
import { allocation } from "../../domain/allocation.ts";
import {
  attribution,
  board,
  CAMPAIGN_ACTIONS,
  CAMPAIGN_STATUSES,
  CAMPAIGN_TYPES,
  campaignInput,
  campaignPatch,
  referral,
} from "../../domain/campaign.ts";
import type { Gate } from "../../domain/gate.ts";
import { rotation } from "../../domain/invite.ts";
import { mapPage } from "../../domain/page.ts";
import * as service from "../../services/campaigns.ts";
import { callOf } from "../env.ts";
import { answer, body, route, router, routesOf } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

/** A gate in an answer: the document points to the same description as in a request. */
export const gateAnswer = z
  .custom<Gate>()
  .openapi({ type: "object", allOf: [{ $ref: "#/components/schemas/Gate" }] });

const campaign = z
  .object({
    id: z.string(),
    communityId: z.string(),
    name: z.string(),
    type: z.enum(CAMPAIGN_TYPES),
    status: z.enum(CAMPAIGN_STATUSES),
    startsAt: iso.nullable(),
    endsAt: iso.nullable(),
    timezone: z.string(),
    groupIds: z.array(z.string()).nullable().openapi({ description: "null: all of the community's groups" }),
    gate: gateAnswer.nullable(),
    gateVersion: z.int(),
    ruleVersion: z
      .int()
      .openapi({ description: "Counts the changes of `attribution` and `referral`; the ledger names it." }),
    rotation,
    allocation,
    attribution,
    referral,
    board,
    createdAt: iso,
    updatedAt: iso,
    publishedAt: iso.nullable(),
    endedAt: iso.nullable(),
  })
  .openapi("Campaign");

const present = ({
  workspaceId: _,
  settings,
  allGroups: __,
  ...row
}: service.Campaign): z.output<typeof campaign> => ({
  ...row,
  ...settings,
  startsAt: toIsoOrNull(row.startsAt),
  endsAt: toIsoOrNull(row.endsAt),
  createdAt: toIso(row.createdAt),
  updatedAt: toIso(row.updatedAt),
  publishedAt: toIsoOrNull(row.publishedAt),
  endedAt: toIsoOrNull(row.endedAt),
});

const tags = ["Campaigns"];
const one = "/campaigns/{id}";
const noun = routesOf({ tags, kind: "campaign", one, shape: campaign, said: "The campaign" });

export const campaigns = router()
  .openapi(
    route("write", {
      method: "post",
      path: "/campaigns",
      tags,
      summary: "Create a campaign, as a draft",
      request: { body: body(campaignInput) },
      responses: { 201: answer(campaign, "The campaign") },
    }),
    async (c) => c.json(present(await service.createCampaign(callOf(c), c.req.valid("json"))), 201),
  )
  .openapi(noun.list("/campaigns", "List campaigns, newest first", "A page of campaigns"), async (c) => {
    const page = await service.listCampaigns(callOf(c), c.req.valid("query"));
    return c.json(mapPage(page, present), 200);
  })
  .openapi(noun.read("Read a campaign"), async (c) =>
    c.json(present(await service.getCampaign(callOf(c), c.req.valid("param").id)), 200),
  )
  .openapi(noun.patch("Change a campaign; a gate becomes its next version", campaignPatch), async (c) => {
    const { id } = c.req.valid("param");
    return c.json(present(await service.patchCampaign(callOf(c), id, c.req.valid("json"))), 200);
  });

for (const action of CAMPAIGN_ACTIONS) {
  campaigns.openapi(noun.act(action, `${action[0]?.toUpperCase()}${action.slice(1)} a campaign`), async (c) =>
    c.json(present(await service.moveCampaign(callOf(c), c.req.valid("param").id, action)), 200),
  );
}
