import { z } from "@hono/zod-openapi";
import { ENTRY_KINDS, type Entry } from "../../domain/ledger.ts";
import * as service from "../../services/reports.ts";
import { toCsv, wantsCsv } from "../csv.ts";
import { callOf } from "../env.ts";
import { idParam, listQuery, pageOf, route, router } from "./route.ts";
import { iso, toIso } from "./times.ts";

const entry = z
  .object({
    id: z.string(),
    kind: z.enum(ENTRY_KINDS),
    participantId: z.string(),
    inviterId: z
      .string()
      .nullable()
      .openapi({ description: "Who counted as the inviter; for `moved`, who does since." }),
    fromInviterId: z.string().nullable().openapi({ description: "For `moved`: who counted before." }),
    groupId: z.string().nullable(),
    inviteId: z.string().nullable(),
    gateVersion: z.int().nullable(),
    ruleVersion: z.int().nullable().openapi({ description: "Of the campaign's rules that were in force." }),
    actor: z.string(),
    cause: z.string().nullable().openapi({ description: "Why, in an operator's words." }),
    at: iso,
  })
  .openapi("LedgerEntry");

const present = ({ parentId, fromParentId, at, ...row }: Entry): z.output<typeof entry> => ({
  ...row,
  inviterId: parentId,
  fromInviterId: fromParentId,
  at: toIso(at),
});

const COLUMNS = Object.keys(entry.shape) as (keyof typeof entry.shape)[];

const tags = ["Reports"];

export const reports = router().openapi(
  route("read", {
    method: "get",
    path: "/campaigns/{id}/ledger",
    tags,
    summary: "The ledger, oldest first; CSV with `Accept: text/csv` or `format=csv`",
    request: {
      params: idParam("campaign"),
      query: listQuery({ format: z.enum(["json", "csv"]).optional() }),
    },
    responses: {
      200: {
        description: "A page of entries; as CSV, the next cursor stands in the header `X-Next-Cursor`",
        content: {
          "application/json": { schema: pageOf(entry) },
          "text/csv": { schema: z.string() },
        },
      },
    },
  }),
  async (c) => {
    const { format, ...query } = c.req.valid("query");
    const page = await service.readLedger(callOf(c), c.req.valid("param").id, query);
    const data = page.data.map(present);
    if (wantsCsv(format, c.req.header("Accept"))) {
      const headers = page.next === null ? {} : { "X-Next-Cursor": page.next };
      return c.body(toCsv(COLUMNS, data), 200, {
        "Content-Type": "text/csv; charset=utf-8",
        ...headers,
      }) as never;
    }
    return c.json({ ...page, data }, 200);
  },
);
