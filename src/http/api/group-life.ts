import { z } from "@hono/zod-openapi";
import { groupBulk } from "../../domain/group-bulk.ts";
import * as service from "../../services/group-life.ts";
import { callOf, originOf } from "../env.ts";
import { group, presentGroup } from "./groups.ts";
import { answer, body, idParam, route, router } from "./route.ts";

const tags = ["Groups"];

export const groupLife = router()
  .openapi(
    route("write", {
      method: "post",
      path: "/communities/{id}/groups/bulk",
      tags,
      summary: "Create numbered groups from a pattern; asking again makes only what is missing",
      request: { params: idParam("community"), body: body(groupBulk) },
      responses: {
        200: answer(
          z.object({ data: z.array(group), created: z.int() }),
          "All groups of these names, and how many of them are new",
        ),
      },
    }),
    async (c) => {
      const { data, created } = await service.createGroups(
        callOf(c),
        c.req.valid("param").id,
        c.req.valid("json"),
      );
      return c.json({ data: data.map((row) => presentGroup(row, originOf(c))), created }, 200);
    },
  )
  .openapi(
    route("write", {
      method: "post",
      path: "/groups/{id}/merge",
      tags,
      summary: "Merge a group into another of its community; its people keep their seats, there",
      request: { params: idParam("group"), body: body(z.strictObject({ into: z.string().max(40) })) },
      responses: { 200: answer(group, "The group, merged") },
    }),
    async (c) => {
      const merged = await service.mergeGroup(callOf(c), c.req.valid("param").id, c.req.valid("json").into);
      return c.json(presentGroup(merged, originOf(c)), 200);
    },
  );
