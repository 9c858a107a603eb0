import { z } from "@hono/zod-openapi";
import { COMMERCIAL_INTENTS, communityInput, communityPatch, organiser } from "../../domain/community.ts";
import { mapPage } from "../../domain/page.ts";
import { LOCALES } from "../../domain/text.ts";
import * as service from "../../services/communities.ts";
import { callOf } from "../env.ts";
import { answer, body, route, router, routesOf } from "./route.ts";
import { iso, toIso } from "./times.ts";

const community = z
  .object({
    id: z.string(),
    name: z.string(),
    purpose: z.string(),
    organiser,
    goal: z.string().nullable(),
    values: z.array(z.string()),
    rules: z.array(z.string()),
    commercialIntent: z.enum(COMMERCIAL_INTENTS),
    locale: z.enum(LOCALES).nullable(),
    imageUrl: z.string().nullable(),
    createdAt: iso,
    updatedAt: iso,
  })
  .openapi("Community");

const present = ({ workspaceId: _, ...row }: service.Community): z.output<typeof community> => ({
  ...row,
  createdAt: toIso(row.createdAt),
  updatedAt: toIso(row.updatedAt),
});

const tags = ["Communities"];
const one = "/communities/{id}";
const noun = routesOf({ tags, kind: "community", one, shape: community, said: "The community" });

export const communities = router()
  .openapi(
    route("write", {
      method: "post",
      path: "/communities",
      tags,
      summary: "Create a community",
      request: { body: body(communityInput) },
      responses: { 201: answer(community, "The community") },
    }),
    async (c) => c.json(present(await service.createCommunity(callOf(c), c.req.valid("json"))), 201),
  )
  .openapi(
    noun.list("/communities", "List communities, newest first", "A page of communities"),
    async (c) => {
      const page = await service.listCommunities(callOf(c), c.req.valid("query"));
      return c.json(mapPage(page, present), 200);
    },
  )
  .openapi(noun.read("Read a community"), async (c) =>
    c.json(present(await service.getCommunity(callOf(c), c.req.valid("param").id)), 200),
  )
  .openapi(noun.patch("Change a community", communityPatch), async (c) => {
    const { id } = c.req.valid("param");
    return c.json(present(await service.patchCommunity(callOf(c), id, c.req.valid("json"))), 200);
  });
