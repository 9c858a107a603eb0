import { z } from "@hono/zod-openapi";
import { AUDIT_KINDS } from "../../domain/audit.ts";
import { mapPage } from "../../domain/page.ts";
import * as service from "../../services/audit.ts";
import { callOf } from "../env.ts";
import { answer, idParam, listQuery, pageOf, route, router } from "./route.ts";
import { iso, toIso } from "./times.ts";

const entry = z
  .object({
    id: z.string(),
    kind: z.enum(AUDIT_KINDS),
    subject: z.string().openapi({ description: "The id of what it is about." }),
    actor: z.string().openapi({ description: "A key's id; `gate`, `pass`, `clock` or `recheck`." }),
    reason: z.string().nullable(),
    data: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    at: iso,
  })
  .openapi("AuditEntry");

export const audit = router().openapi(
  route("read", {
    method: "get",
    path: "/campaigns/{id}/audit",
    tags: ["Reports"],
    summary: "Who decided what, newest first; entries are never changed",
    request: {
      params: idParam("campaign"),
      query: listQuery({
        kind: z.enum(AUDIT_KINDS).optional(),
        subject: z.string().max(40).optional().openapi({ description: "Only what is about this id." }),
      }),
    },
    responses: { 200: answer(pageOf(entry), "A page of entries") },
  }),
  async (c) => {
    const page = await service.readAudit(callOf(c), c.req.valid("param").id, c.req.valid("query"));
    return c.json(
      mapPage(page, ({ at, ...row }) => ({ ...row, at: toIso(at) })),
      200,
    );
  },
);
