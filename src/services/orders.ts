import { encodeBase32 } from "../domain/base32.ts";
import { type Id, formatId, parseId } from "../domain/id.ts";
import { ALL_OF_IT, type OrderInput, type RefundInput } from "../domain/order.ts";
import { askById, cutById, type Page, type PageQuery } from "../domain/page.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import * as store from "../store/orders.ts";
import { type Keeping, keepOrders, type NewOrder } from "../store/receipts.ts";
import { refundOrder as keepRefund } from "../store/refunds.ts";
import { type Call, demand, fieldProblem, found, tenantOf } from "./call.ts";
import { hashIdentity } from "./identities.ts";
import { lookAgainSoon } from "./reapplying.ts";

export type Order = store.Order;

/** A keyed hash of what a source told: what is in it cannot be guessed from a copy of the database. */
export async function digestOf({ secrets }: Ports, workspaceId: Id, told: unknown): Promise<string> {
  const mac = await secrets.mac("receipt", `${workspaceId}\n${JSON.stringify(told)}`);
  return encodeBase32(mac.subarray(0, 20));
}

/** The id, or one that nobody has: what it refers to is looked up where it is written. */
const idOrNobody = (kind: "application" | "campaign", text: string | undefined): Id | null =>
  text === undefined ? null : parseId(kind, text) === null ? formatId(kind, 0) : text;

/** An order as it is kept; its own number is that of the buyer, unless the source has another one. */
export async function newOrderOf(
  ports: Ports,
  workspaceId: Id,
  input: OrderInput,
  { key = input.reference, strict = true }: { key?: string; strict?: boolean } = {},
): Promise<NewOrder> {
  const { source, reference, amount, currency, items, paidAt } = input;
  const campaignId = idOrNobody("campaign", input.campaignId);
  const applicationId = idOrNobody("application", input.application);
  const holderHash = input.identity ? await hashIdentity(ports, workspaceId, input.identity) : null;
  const told = { reference, campaignId, applicationId, holderHash, amount, currency, items };
  // A provider's own events may tell of one payment at different instants.
  const when = strict ? (paidAt ?? null) : null;
  const digest = await digestOf(ports, workspaceId, { ...told, paidAt: when });
  return { ...told, source, key, digest, strict, paidAt: paidAt ?? ports.now() };
}

/** Why an order was not kept; null where it was, now or before. */
export function keepingProblem(keeping: Keeping): Problem | null {
  if (keeping === "unknown_campaign") {
    return fieldProblem("/campaignId", keeping, "is not a campaign of this workspace");
  }
  if (keeping === "unknown_application") {
    return fieldProblem("/application", keeping, "is not an application of this workspace");
  }
  if (keeping !== "conflict") return null;
  return new Problem("conflict", "Another order has this number, or the same one with other content.", [
    { path: "/reference", code: "taken", message: "stands for an order with other content" },
  ]);
}

/**
 * Keeps a payment or a purchase. Told once more it changes nothing.
 * @throws Problem `conflict` where something else was told under the same number
 */
export async function createOrder(
  call: Call,
  input: OrderInput,
): Promise<{ order: Order; created: boolean }> {
  demand(call, "write", "workspace");
  const { ports } = call;
  const order = await newOrderOf(ports, call.actor.workspaceId, input);
  const [kept] = await keepOrders(ports.db, tenantOf(call), [order], ports.newId(), ports.now());
  const problem = kept === undefined ? null : keepingProblem(kept.keeping);
  if (problem !== null) throw problem;
  const created = kept?.keeping === "created";
  if (created) lookAgainSoon(ports);
  return { order: await readOrder(call, formatId("order", kept?.order ?? 0)), created };
}

const readOrder = async ({ ports, ...call }: Call, id: Id): Promise<Order> =>
  found(await store.findOrder(ports.db, tenantOf({ ports, ...call }), id), "order");

export async function getOrder(call: Call, id: Id): Promise<Order> {
  demand(call, "read", "workspace");
  return readOrder(call, id);
}

export async function listOrders(
  call: Call,
  { limit, cursor, ...filter }: store.OrderFilter & PageQuery,
): Promise<Page<Order>> {
  demand(call, "read", "workspace");
  const ask = askById("order", { limit, cursor });
  const rows = await store.listOrders(call.ports.db, tenantOf(call), filter, ask);
  return cutById(rows, ask);
}

const EVENT_BYTES = 10;

/**
 * Takes an order back, in part or all of it. With an `eventId`, or where all is given back, a retry changes nothing.
 * @throws Problem `conflict` where it is more than is left, or the event told of something else
 */
export async function refundOrder(call: Call, id: Id, input: RefundInput): Promise<Order> {
  demand(call, "write", "workspace");
  const { ports } = call;
  const all = input.amount === undefined;
  const event = input.eventId ?? (all ? "all" : encodeBase32(ports.random(EVENT_BYTES)));
  const refund = {
    event: `refund:${id}:${event}`,
    effect: all ? ("refundedTo" as const) : ("refunded" as const),
    amount: input.amount ?? ALL_OF_IT,
    digest: await digestOf(ports, call.actor.workspaceId, [id, input.amount ?? null]),
  };
  const telling = await keepRefund(ports.db, tenantOf(call), id, refund, ports.newId(), ports.now());
  const order = await readOrder(call, id);
  if (telling === "conflict") {
    throw new Problem("conflict", "This event told of another refund.", [
      { path: "/eventId", code: "taken", message: "stands for another refund" },
    ]);
  }
  // Nothing was left to give back: all of it is, which is what was asked for.
  if (telling === "too_much" && !(all && order.refunded === order.amount)) {
    throw new Problem("conflict", "This is more than is left of the order.", [
      {
        path: "/amount",
        code: "too_much",
        message: `is more than the ${order.amount - order.refunded} left`,
      },
    ]);
  }
  if (telling === "created") lookAgainSoon(ports);
  return order;
}
