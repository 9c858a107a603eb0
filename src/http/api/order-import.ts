import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { textOf } from "../../domain/bytes.ts";
import { type OrderInput, orderInput } from "../../domain/order.ts";
import {
  COLUMNS,
  type ImportRow,
  MAX_IMPORT,
  readJsonLines,
  readOrdersCsv,
} from "../../domain/order-import.ts";
import { type FieldError, Problem } from "../../domain/problem.ts";
import { importOrders } from "../../services/order-import.ts";
import { callOf, type Env } from "../env.ts";
import { contentType } from "../negotiate.ts";
import { fieldErrors } from "../validation.ts";
import { answer, route, router } from "./route.ts";

/** Faults of one row that are told. */
const MAX_FAULTS = 10;

const fault = z.object({ path: z.string(), code: z.string(), message: z.string() });

const outcome = z
  .object({
    rows: z.int(),
    created: z.int(),
    unchanged: z.int().openapi({ description: "Told before, with the same content." }),
    refused: z
      .array(z.object({ line: z.int(), errors: z.array(fault) }))
      .openapi({ description: "Each row that was not kept, by its line in the body." }),
  })
  .openapi("OrderImport");

const READERS: Record<string, (text: string) => ImportRow[]> = {
  "text/csv": readOrdersCsv,
  "application/x-ndjson": readJsonLines,
};

async function rowsOf(c: Context<Env>): Promise<ImportRow[]> {
  const read = READERS[contentType(c) ?? ""];
  if (read === undefined) {
    throw new Problem("unsupported_media_type", "Send the body as text/csv or application/x-ndjson.");
  }
  const text = textOf(new Uint8Array(await c.req.arrayBuffer()));
  if (text === null) throw new Problem("invalid_request", "The body is not UTF-8.");
  return read(text);
}

/** Orders by the thousand: the body is a table or lines of JSON, not JSON. */
export const orderImport = router().openapi(
  route("write", {
    method: "post",
    path: "/orders/import",
    tags: ["Orders"],
    summary: "Tell of many payments or purchases at once",
    description: `Up to ${MAX_IMPORT} rows: JSON lines, each as \`POST /v1/orders\` takes it, or CSV with the columns ${COLUMNS.join(", ")} (the first three are needed; \`product\` stands for one item). Rows that are wrong are told by their line and keep no other out; sent again, nothing is told twice.`,
    request: {
      body: {
        content: {
          "text/csv": { schema: z.string() },
          "application/x-ndjson": { schema: z.string() },
        },
        required: true,
      },
    },
    responses: { 200: answer(outcome, "What became of the rows") },
  }),
  async (c) => {
    const rows = await rowsOf(c);
    const refused: { line: number; errors: FieldError[] }[] = [];
    const orders: { line: number; input: OrderInput }[] = [];
    for (const row of rows) {
      if ("errors" in row) refused.push(row);
      else {
        const { success, data, error } = orderInput.safeParse(row.value);
        if (success) orders.push({ line: row.line, input: data });
        else refused.push({ line: row.line, errors: fieldErrors(error.issues, "json").slice(0, MAX_FAULTS) });
      }
    }
    const done = await importOrders(
      callOf(c),
      orders.map(({ input }) => input),
    );
    for (const [i, { problem }] of done.entries()) {
      if (problem !== null) refused.push({ line: orders[i]?.line ?? 0, errors: [...problem.errors] });
    }
    const created = done.filter((one) => one.created).length;
    const unchanged = done.filter((one) => !one.created && one.problem === null).length;
    refused.sort((a, b) => a.line - b.line);
    return c.json({ rows: rows.length, created, unchanged, refused }, 200);
  },
);
