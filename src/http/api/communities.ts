import { z } from "@hono/zod-openapi";
import { COMMERCIAL_INTENTS, communityInput, communityPatch, organiser } from "../../domain/community.ts";
import { LOCALES } from "../../domain/text.ts";
import * as service from "../../services/communities.ts";
import { callOf } from "../env.ts";
import { answer, body, idParam, iso, listQuery, pageOf, route, router, toIso } from "./route.ts";

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
    route("read", {
      method: "get",
      path: "/communities",
      tags,
      summary: "List communities, newest first",
      request: { query: listQuery({}) },
      responses: { 200: answer(pageOf(community), "A page of communities") },
    }),
    async (c) => {
      const page = await service.listCommunities(callOf(c), c.req.valid("query"));
      return c.json({ ...page, data: page.data.map(present) }, 200);
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: one,
      tags,
      summary: "Read a community",
      request: { params: idParam("community") },
      responses: { 200: answer(community, "The community") },
    }),
    async (c) => c.json(present(await service.getCommunity(callOf(c), c.req.valid("param").id)), 200),
  )
  .openapi(
    route("write", {
      method: "patch",
      path: one,
      tags,
      summary: "Change a community",
      request: { params: idParam("community"), body: body(communityPatch) },
      responses: { 200: answer(community, "The community") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(present(await service.patchCommunity(callOf(c), id, c.req.valid("json"))), 200);
    },
  );
