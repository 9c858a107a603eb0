import { z } from "@hono/zod-openapi";
import { parseId } from "../../domain/id.ts";
import { orderInput, orderItem, refundInput, sourceName } from "../../domain/order.ts";
import { mapPage } from "../../domain/page.ts";
import { line } from "../../domain/shapes.ts";
import * as service from "../../services/orders.ts";
import { callOf } from "../env.ts";
import { answer, body, idParam, listQuery, maybeBody, pageOf, route, router, routesOf } from "./route.ts";
import { iso, toIso, toIsoOrNull } from "./times.ts";

const order = z
  .object({
    id: z.string(),
    source: z.string().openapi({ description: "Who told of it: a name of yours, or the id of a source." }),
    reference: z.string(),
    campaignId: z.string().nullable().openapi({ description: "The campaign whose fee it is." }),
    held: z.boolean().openapi({ description: "Whether it is somebody's; it is never anybody else's then." }),
    heldAt: iso.nullable(),
    amount: z.int().openapi({ description: "In minor units, such as cents." }),
    refunded: z.int(),
    currency: z.string(),
    items: z.array(orderItem),
    paidAt: iso,
    createdAt: iso,
    updatedAt: iso,
  })
  .openapi("Order");

const present = (row: service.Order): z.output<typeof order> => {
  const { workspaceId: _, holderHash, ...shown } = row;
  return {
    ...shown,
    held: holderHash !== null,
    heldAt: toIsoOrNull(row.heldAt),
    paidAt: toIso(row.paidAt),
    createdAt: toIso(row.createdAt),
    updatedAt: toIso(row.updatedAt),
  };
};

const idOf = (kind: "campaign" | "member") =>
  z.string().refine((id) => parseId(kind, id) !== null, `is not the id of a ${kind}`);

const filter = {
  source: sourceName.optional(),
  reference: line(120).optional(),
  campaignId: idOf("campaign").optional(),
  memberId: idOf("member").optional(),
  held: z.enum(["true", "false"]).optional(),
};

const tags = ["Orders"];
const noun = routesOf({ tags, kind: "order", one: "/orders/{id}", shape: order, said: "The order" });

export const orders = router()
  .openapi(
    route("write", {
      method: "post",
      path: "/orders",
      tags,
      summary: "Tell of a payment or a purchase",
      description:
        "Told once more it changes nothing (200); another content under the same source and reference is a conflict.",
      request: { body: body(orderInput) },
      responses: {
        200: answer(order, "It was told before"),
        201: answer(order, "The order"),
      },
    }),
    async (c) => {
      const { order: row, created } = await service.createOrder(callOf(c), c.req.valid("json"));
      return c.json(present(row), created ? 201 : 200);
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: "/orders",
      tags,
      summary: "List orders, newest first",
      request: { query: listQuery(filter) },
      responses: { 200: answer(pageOf(order), "A page of orders") },
    }),
    async (c) => {
      const { held, ...query } = c.req.valid("query");
      const asked = { ...query, held: held === undefined ? undefined : held === "true" };
      const page = await service.listOrders(callOf(c), asked);
      return c.json(mapPage(page, present), 200);
    },
  )
  .openapi(noun.read("Read an order"), async (c) =>
    c.json(present(await service.getOrder(callOf(c), c.req.valid("param").id)), 200),
  )
  .openapi(
    route("write", {
      method: "post",
      path: "/orders/{id}/refund",
      tags,
      summary: "Tell that an order was given back, in part or all of it",
      description:
        "All of it, unless an `amount` is given. With an `eventId` a retry changes nothing; a part without one counts each time.",
      request: { params: idParam("order"), body: maybeBody(refundInput) },
      responses: { 200: answer(order, "The order") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return c.json(present(await service.refundOrder(callOf(c), id, c.req.valid("json"))), 200);
    },
  );
