import { z } from "@hono/zod-openapi";
import { parseId } from "../../domain/id.ts";
import { mapPage } from "../../domain/page.ts";
import * as service from "../../services/access-codes.ts";
import { toCsv, wantsCsv } from "../csv.ts";
import { callOf } from "../env.ts";
import { answer, body, idParam, listQuery, pageOf, route, router, routesOf } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

const accessCode = z
  .object({
    id: z.string(),
    campaignId: z.string(),
    batchId: z.string().nullable().openapi({ description: "The same for all codes of one request." }),
    code: z.string(),
    label: z.string().nullable(),
    forRecipient: z.boolean().openapi({ description: "Whether only one person may use it." }),
    role: z.string().nullable().openapi({ description: "The tag that whoever uses it must have." }),
    maxUses: z.int(),
    uses: z.int(),
    startsAt: iso.nullable(),
    expiresAt: iso.nullable(),
    revokedAt: iso.nullable(),
    createdAt: iso,
    issuer: z.string().nullable().openapi({ description: "The key that asked for it." }),
  })
  .openapi("AccessCode");

const COLUMNS = Object.keys(accessCode.shape) as (keyof typeof accessCode.shape)[];

const codeBatch = z
  .object({
    id: z.string(),
    campaignId: z.string(),
    codes: z.int(),
    revoked: z.int().openapi({ description: "How many of its codes are revoked." }),
  })
  .openapi("CodeBatch");

const listed = {
  batch: z
    .string()
    .refine((id) => parseId("codeBatch", id) !== null, "is not the id of a batch of codes")
    .optional(),
  format: z.enum(["json", "csv"]).optional(),
};

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
const noun = routesOf({
  tags,
  kind: "accessCode",
  one: "/access-codes/{id}",
  shape: accessCode,
  said: "The access code",
});

export const accessCodes = router()
  .openapi(
    route("write", {
      method: "post",
      path: many,
      tags,
      summary: "Generate targeted access codes, up to 10,000 as one batch",
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
      summary: "List a campaign's access codes, newest first; CSV with `Accept: text/csv` or `format=csv`",
      description: "With `batch`, only the codes of that one: as CSV, all of them at once.",
      request: { params: idParam("campaign"), query: listQuery(listed) },
      responses: {
        200: {
          description: "A page of access codes; as CSV, the next cursor stands in the header `X-Next-Cursor`",
          content: {
            "application/json": { schema: pageOf(accessCode) },
            "text/csv": { schema: z.string() },
          },
        },
      },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const { format, ...query } = c.req.valid("query");
      const csv = (rows: readonly service.AccessCode[], headers: Record<string, string>) =>
        c.body(toCsv(COLUMNS, rows.map(present)), 200, {
          "Content-Type": "text/csv; charset=utf-8",
          ...headers,
        }) as never;
      const asCsv = wantsCsv(format, c.req.header("Accept"));
      if (asCsv && query.batch !== undefined) {
        return csv(await service.exportAccessCodes(callOf(c), id, query.batch), {});
      }
      const page = await service.listAccessCodes(callOf(c), id, query);
      if (asCsv) return csv(page.data, page.next === null ? {} : { "X-Next-Cursor": page.next });
      return c.json(mapPage(page, present), 200);
    },
  )
  .openapi(noun.act("revoke", "Revoke an access code for good"), async (c) =>
    c.json(present(await service.revokeAccessCode(callOf(c), c.req.valid("param").id)), 200),
  )
  .openapi(
    route("write", {
      method: "post",
      path: "/access-code-batches/{id}/revoke",
      tags,
      summary: "Revoke all access codes of a batch for good",
      request: { params: idParam("codeBatch") },
      responses: { 200: answer(codeBatch, "The batch") },
    }),
    async (c) => c.json(await service.revokeBatch(callOf(c), c.req.valid("param").id), 200),
  );
