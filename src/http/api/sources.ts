import { z } from "@hono/zod-openapi";
import { costsInput } from "../../domain/costs.ts";
import * as service from "../../services/sources.ts";
import { callOf } from "../env.ts";
import { accurateAsOf, period, presentPeriod, range, rate } from "./growth.ts";
import { answer, body, idParam, route, router } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

const sourceCounts = {
  scans: z.int(),
  joins: z.int(),
  conversion: rate,
  qualified: z.int().openapi({ description: "Who stayed as long as the rules ask, wherever they are now." }),
  validated: z.int().openapi({ description: "Of those, who is still there and was not voided or removed." }),
  present: z.int(),
  retention: z.array(rate).openapi({ description: "At day 1, 7 and 30." }),
  costPerMember: z
    .object({ ...rate.shape, currency: z.string() })
    .nullable()
    .openapi({
      description: "In the currency's minor unit; null without a cost, or for a part of the time.",
    }),
};
const source = z
  .object({
    channel: z.string().nullable().openapi({ description: "Null: the participants' own invites." }),
    medium: z.string().nullable(),
    ...sourceCounts,
  })
  .openapi("Source");
const { scans: _scans, conversion: _conversion, ...rootCounts } = sourceCounts;
const rootSource = z
  .object({ rootChannel: z.string().nullable(), rootMedium: z.string().nullable(), ...rootCounts })
  .openapi("RootSource");
const presentRoot = ({ channel, medium, scans: _s, conversion: _c, ...row }: service.Source) => ({
  rootChannel: channel,
  rootMedium: medium,
  ...row,
});

const costs = z.object({ costs: costsInput.shape.costs, updatedAt: iso.nullable() }).openapi("Costs");
const presentCosts = ({ updatedAt, costs: rows }: Awaited<ReturnType<typeof service.readCampaignCosts>>) => ({
  costs: rows,
  updatedAt: toIsoOrNull(updatedAt),
});

const tags = ["Reports"];

export const sources = router()
  .openapi(
    route("read", {
      method: "get",
      path: "/campaigns/{id}/sources",
      tags,
      summary: "What each channel and medium brought, and what a member cost there",
      description:
        "By the invite that a join is credited to. `byRoot` counts everybody for the source of the first one of their tree. `from` and `to` pick visits by when they were, and people by when they joined.",
      request: { params: idParam("campaign"), query: z.strictObject(range) },
      responses: {
        200: answer(
          z.object({
            accurateAsOf,
            period,
            data: z.array(source),
            byRoot: z.array(rootSource),
            truncated: z.boolean(),
          }),
          "The most joins first; sources that brought nothing and cost nothing are left out. `truncated`: there are more",
        ),
      },
    }),
    async (c) => {
      const read = await service.readCampaignSources(
        callOf(c),
        c.req.valid("param").id,
        c.req.valid("query"),
      );
      return c.json(
        {
          ...read,
          accurateAsOf: toIso(read.accurateAsOf),
          period: presentPeriod(read.period),
          byRoot: read.byRoot.map(presentRoot),
        },
        200,
      );
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: "/campaigns/{id}/costs",
      tags,
      summary: "What the sources cost, as it was said",
      request: { params: idParam("campaign") },
      responses: { 200: answer(costs, "The costs") },
    }),
    async (c) =>
      c.json(presentCosts(await service.readCampaignCosts(callOf(c), c.req.valid("param").id)), 200),
  )
  .openapi(
    route("write", {
      method: "put",
      path: "/campaigns/{id}/costs",
      tags,
      summary: "Say what the sources cost, all of them at once",
      request: { params: idParam("campaign"), body: body(costsInput) },
      responses: { 200: answer(costs, "The costs") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const written = await service.setCampaignCosts(callOf(c), id, c.req.valid("json").costs);
      return c.json(presentCosts(written), 200);
    },
  );
