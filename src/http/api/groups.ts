import { z } from "@hono/zod-openapi";
import { CARRIER_KINDS } from "../../domain/carriers/index.ts";
import { GROUP_STATES, groupInput, groupPatch } from "../../domain/group.ts";
import { mapPage } from "../../domain/page.ts";
import * as service from "../../services/groups.ts";
import { callOf, originOf } from "../env.ts";
import { groupQrUrl } from "../links.ts";
import { answer, body, idParam, listQuery, pageOf, route, router, routesOf } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

/** A group in an answer. */
export const group = z
  .object({
    id: z.string(),
    communityId: z.string(),
    name: z.string(),
    carrier: z.enum(CARRIER_KINDS),
    joinUrl: z.string().nullable(),
    qrImage: z.string().nullable().openapi({ description: "Where its uploaded QR code can be read." }),
    qrText: z.string().nullable().openapi({ description: "What its uploaded QR code says." }),
    mergedInto: z.string().nullable().openapi({ description: "The group that people are sent to instead." }),
    state: z.enum(GROUP_STATES),
    capacity: z.int(),
    used: z.int().openapi({ description: "Seats that are taken." }),
    priority: z.int(),
    weight: z.int(),
    expiresAt: iso.nullable(),
    marginHours: z.int(),
    retiresAt: iso.nullable().openapi({ description: "From here on nobody is sent to the group." }),
    createdAt: iso,
    updatedAt: iso,
  })
  .openapi("Group");

/** A group as the API shows it. */
export const presentGroup = (
  { workspaceId: _, hasQrImage, ...row }: service.Group,
  origin: string,
): z.output<typeof group> => ({
  ...row,
  qrImage: hasQrImage ? groupQrUrl(origin, row.id) : null,
  expiresAt: toIsoOrNull(row.expiresAt),
  retiresAt: toIsoOrNull(row.retiresAt),
  createdAt: toIso(row.createdAt),
  updatedAt: toIso(row.updatedAt),
});

const tags = ["Groups"];
const many = "/communities/{id}/groups";
const one = "/groups/{id}";
const noun = routesOf({ tags, kind: "group", one, shape: group, said: "The group" });

export const groups = router()
  .openapi(
    route("write", {
      method: "post",
      path: many,
      tags,
      summary: "Create a group",
      request: { params: idParam("community"), body: body(groupInput) },
      responses: { 201: answer(group, "The group") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(
        presentGroup(await service.createGroup(callOf(c), id, c.req.valid("json")), originOf(c)),
        201,
      );
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: many,
      tags,
      summary: "List a community's groups, newest first",
      request: { params: idParam("community"), query: listQuery({}) },
      responses: { 200: answer(pageOf(group), "A page of groups") },
    }),
    async (c) => {
      const page = await service.listGroups(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      return c.json(
        mapPage(page, (row) => presentGroup(row, originOf(c))),
        200,
      );
    },
  )
  .openapi(noun.read("Read a group"), async (c) =>
    c.json(presentGroup(await service.getGroup(callOf(c), c.req.valid("param").id), originOf(c)), 200),
  )
  .openapi(noun.patch("Change a group, pause it or close it", groupPatch), async (c) => {
    const { id } = c.req.valid("param");
    return c.json(
      presentGroup(await service.patchGroup(callOf(c), id, c.req.valid("json")), originOf(c)),
      200,
    );
  });
