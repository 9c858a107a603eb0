import { z } from "@hono/zod-openapi";
import { IDENTITY_TYPES } from "../../domain/identity.ts";
import { mapPage } from "../../domain/page.ts";
import { memberPatch, membersInput, tag } from "../../domain/profile.ts";
import * as service from "../../services/members.ts";
import { callOf } from "../env.ts";
import { answer, body, idParam, listQuery, pageOf, route, router, routesOf } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

const known = {
  level: z.int().nullable(),
  tags: z.array(z.string()),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  lastReadAt: iso.nullable().openapi({ description: "When the carrier last saw them read." }),
};

const profile = z
  .object({
    memberId: z.string().nullable().openapi({ description: "Null before they are in." }),
    ...known,
    updatedAt: iso,
  })
  .openapi("Profile");

const member = z
  .object({
    id: z.string(),
    communityId: z.string(),
    identityType: z.enum(IDENTITY_TYPES),
    ...known,
    firstSeenAt: iso,
    updatedAt: iso.nullable().openapi({ description: "Null where nothing was ever told of them." }),
  })
  .openapi("Member");

const presentProfile = (row: service.Profile): z.output<typeof profile> => ({
  ...row,
  lastReadAt: toIsoOrNull(row.lastReadAt),
  updatedAt: toIso(row.updatedAt),
});

const present = (row: service.Member): z.output<typeof member> => ({
  ...row,
  lastReadAt: toIsoOrNull(row.lastReadAt),
  firstSeenAt: toIso(row.firstSeenAt),
  updatedAt: toIsoOrNull(row.updatedAt),
});

/** Digits only, as in `limit`. */
const minLevel = z
  .preprocess(
    (given) => (typeof given === "string" && /^\d+$/.test(given) ? Number(given) : given),
    z.int().min(0).max(1_000_000),
  )
  .optional();

const tags = ["Members"];
const many = "/communities/{id}/members";
const one = "/members/{id}";
const noun = routesOf({ tags, kind: "member", one, shape: member, said: "The member" });

export const members = router()
  .openapi(
    route("write", {
      method: "put",
      path: many,
      tags,
      summary: "Tell the levels, tags and attributes of up to 1,000 people, who need not be in yet",
      description:
        "All rows are kept, or none: a refusal names every row at fault. The same again changes nothing.",
      request: { params: idParam("community"), body: body(membersInput) },
      responses: {
        200: answer(z.object({ data: z.array(profile) }), "What is known of each, in the rows' order"),
      },
    }),
    async (c) => {
      const rows = await service.putMembers(callOf(c), c.req.valid("param").id, c.req.valid("json"));
      return c.json({ data: rows.map(presentProfile) }, 200);
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: many,
      tags,
      summary: "List a community's members, in a fixed order that says nothing of them",
      request: { params: idParam("community"), query: listQuery({ tag: tag.optional(), minLevel }) },
      responses: { 200: answer(pageOf(member), "A page of members") },
    }),
    async (c) => {
      const page = await service.listMembers(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      return c.json(mapPage(page, present), 200);
    },
  )
  .openapi(noun.read("Read a member"), async (c) =>
    c.json(present(await service.getMember(callOf(c), c.req.valid("param").id)), 200),
  )
  .openapi(noun.patch("Change what is known of a member", memberPatch), async (c) => {
    const { id } = c.req.valid("param");
    return c.json(present(await service.patchMember(callOf(c), id, c.req.valid("json"))), 200);
  });
