import { z } from "@hono/zod-openapi";
import * as service from "../../services/access-codes.ts";
import { callOf } from "../env.ts";
import { answer, body, idParam, iso, listQuery, pageOf, route, router, toIso, toIsoOrNull } from "./route.ts";

const accessCode = z
  .object({
    id: z.string(),
    campaignId: z.string(),
    code: z.string(),
    label: z.string().nullable(),
    forRecipient: z.boolean().openapi({ description: "Whether only one person may use it." }),
    maxUses: z.int(),
    uses: z.int(),
    startsAt: iso.nullable(),
    expiresAt: iso.nullable(),
    revokedAt: iso.nullable(),
    createdAt: iso,
  })
  .openapi("AccessCode");

const present = (row: service.AccessCode): z.output<typeof accessCode> => {
  const { workspaceId: _, hash: __, seed: ___, recipientHash, ...shown } = row;
  return {
    ...shown,
    forRecipient: recipientHash !== null,
    startsAt: toIsoOrNull(row.startsAt),
    expiresAt: toIsoOrNull(row.expiresAt),
    revokedAt: toIsoOrNull(row.revokedAt),
    createdAt: toIso(row.createdAt),
  };
};

const tags = ["Access codes"];
const many = "/campaigns/{id}/access-codes";

export const accessCodes = router()
  .openapi(
    route("write", {
      method: "post",
      path: many,
      tags,
      summary: "Generate targeted access codes",
      request: { params: idParam("campaign"), body: body(service.accessCodesInput) },
      responses: { 201: answer(z.object({ data: z.array(accessCode) }), "The codes") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const codes = await service.createAccessCodes(callOf(c), id, c.req.valid("json"));
      return c.json({ data: codes.map(present) }, 201);
    },
  )
  .openapi(
    route("write", {
      method: "get",
      path: many,
      tags,
      summary: "List a campaign's access codes, newest first",
      request: { params: idParam("campaign"), query: listQuery({}) },
      responses: { 200: answer(pageOf(accessCode), "A page of access codes") },
    }),
    async (c) => {
      const page = await service.listAccessCodes(callOf(c), c.req.valid("param").id, c.req.valid("query"));
      return c.json({ ...page, data: page.data.map(present) }, 200);
    },
  )
  .openapi(
    route("write", {
      method: "post",
      path: "/access-codes/{id}/revoke",
      tags,
      summary: "Revoke an access code for good",
      request: { params: idParam("accessCode") },
      responses: { 200: answer(accessCode, "The access code") },
    }),
    async (c) => c.json(present(await service.revokeAccessCode(callOf(c), c.req.valid("param").id)), 200),
  );
