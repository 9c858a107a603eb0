import { z } from "zod";
import { fromBase64, utf8 } from "../bytes.ts";
import { minorUnits } from "../money.ts";
import { ALL_OF_IT } from "../order.ts";
import { Problem } from "../problem.ts";
import { applicationIn, badSignature, instantOf, jsonOf, lineOf, shaped } from "./common.ts";
import type { Provider, ProviderEvent } from "./types.ts";

const id = z.union([z.int(), z.string().min(1).max(60)]).transform(String);
const currency = z.string().regex(/^[A-Z]{3}$/);
const money = z.union([z.string().max(40), z.number()]).transform(String);

const order = z.object({
  id,
  confirmation_number: z.string().nullish(),
  financial_status: z.string(),
  total_price: money,
  currency,
  processed_at: z.string().nullish(),
  note_attributes: z.array(z.object({ name: z.string(), value: z.string().nullish() })).default([]),
  line_items: z
    .array(
      z.object({
        product_id: id.nullish(),
        sku: z.string().nullish(),
        price: money,
        quantity: z.int().min(0).max(1e6),
        total_discount: money.default("0"),
        /** The line's share of every discount, the order's own among them. */
        discount_allocations: z
          .array(z.object({ amount: money }))
          .max(100)
          .default([]),
      }),
    )
    .max(1000)
    .default([]),
});

const refund = z.object({
  id,
  order_id: id,
  transactions: z
    .array(z.object({ kind: z.string(), status: z.string(), amount: money, currency }))
    .max(1000)
    .default([]),
});

/** Which money came: an order's body could be sent again under the name of another event. */
const PAID = ["paid", "partially_refunded", "refunded"];

/** Decimals in the shop's currency as minor units. */
function minor(decimal: string, code: string, path: string): number {
  const value = minorUnits(decimal, code);
  if (value !== null && value <= ALL_OF_IT) return value;
  throw new Problem("invalid_request", "The event has an amount that is none.", [
    { path, code: "custom", message: "is not an amount of the currency" },
  ]);
}

function paid(body: unknown, event: string): ProviderEvent {
  const found = shaped(order, body);
  if (!PAID.includes(found.financial_status)) return { effect: "ignored", event };
  const { currency: code } = found;
  const items = found.line_items.map((item, i) => {
    const path = `/line_items/${i}/price`;
    const gross = minor(item.price, code, path) * item.quantity;
    const shares = item.discount_allocations.map(({ amount }) => amount);
    const off = (shares.length > 0 ? shares : [item.total_discount]).map((one) => minor(one, code, path));
    const net = Math.max(0, gross - off.reduce((a, b) => a + b, 0));
    const product = lineOf(item.sku || (item.product_id ?? ""), 200) || "unknown";
    return { product, amount: Math.min(net, ALL_OF_IT) };
  });
  const told = {
    reference: lineOf(found.confirmation_number || found.id, 120),
    application: applicationIn(found.note_attributes.find(({ name }) => name === "qrove")?.value),
    amount: minor(found.total_price, code, "/total_price"),
    currency: code,
    items,
    paidAt: instantOf(found.processed_at),
  };
  return { effect: "paid", order: told, key: found.id };
}

function refunded(body: unknown, event: string): ProviderEvent {
  const found = shaped(refund, body);
  const given = found.transactions.filter(({ kind, status }) => kind === "refund" && status === "success");
  const amount = given.reduce(
    (sum, one, i) => sum + minor(one.amount, one.currency, `/transactions/${i}/amount`),
    0,
  );
  // What was only put back on the shelf.
  if (amount === 0) return { effect: "ignored", event };
  return { effect: "refunded", event: `refund:${found.id}`, key: found.order_id, amount };
}

/**
 * Shopify. Only the body is signed, no header and no time: so everything that counts is told by the body, and
 * one that is sent again, under whatever webhook id or topic, is the same order or the same refund.
 */
export const shopify: Provider = {
  label: "Shopify",
  strict: false,
  keys: ({ secret }) =>
    secret === undefined
      ? { faults: [{ path: "/secret", code: "custom", message: "is what Shopify signs webhooks with" }] }
      : { keys: { secret, publicKeys: [] } },
  read: async (crypto, { secret }, { body, header }) => {
    const signature = fromBase64(header("X-Shopify-Hmac-Sha256") ?? "");
    if (signature === null || !(await crypto.hmac(utf8(secret), signature, body))) throw badSignature();
    const told = jsonOf(body);
    const event = `webhook:${lineOf(header("X-Shopify-Webhook-Id") ?? "", 150)}`;
    const topic = header("X-Shopify-Topic");
    if (topic === "orders/paid") return paid(told, event);
    return topic === "refunds/create" ? refunded(told, event) : { effect: "ignored", event };
  },
};
