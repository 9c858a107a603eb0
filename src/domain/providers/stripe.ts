import { z } from "zod";
import { fromHex, joined, utf8 } from "../bytes.ts";
import { amount } from "../order.ts";
import { applicationIn, badSignature, demandTimely, jsonOf, lineOf, shaped } from "./common.ts";
import type { Provider, ProviderEvent } from "./types.ts";

const event = z.object({
  id: z.string().min(1).max(200),
  type: z.string(),
  created: z.int().min(0).max(1e11),
  data: z.object({ object: z.unknown() }),
});
type Event = z.output<typeof event>;

/** An object, or its id where it is not expanded. */
const reference = z
  .union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)])
  .nullish()
  .transform((id) => id || null);

const currency = z
  .string()
  .regex(/^[a-z]{3}$/i)
  .transform((code) => code.toUpperCase());

const session = z.object({
  id: z.string().min(1).max(200),
  payment_status: z.string(),
  payment_intent: reference,
  amount_total: amount.nullable(),
  currency: currency.nullable(),
  client_reference_id: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

const charge = z.object({
  id: z.string().min(1).max(200),
  payment_intent: reference,
  amount_refunded: amount,
});

/** A session is completed before a slow way of paying has paid: only these two are money that came, or needs none. */
const SETTLED = ["paid", "no_payment_required"];

function paid({ created, data, id }: Event): ProviderEvent {
  const found = shaped(session, data.object, "/data/object");
  const { amount_total, payment_status, metadata } = found;
  if (!SETTLED.includes(payment_status) || amount_total === null || found.currency === null) {
    return { effect: "ignored", event: id };
  }
  const key = found.payment_intent ?? found.id;
  const product = lineOf(metadata?.["product"] ?? "", 200);
  const order = {
    reference: key,
    application: applicationIn(found.client_reference_id ?? metadata?.["application"]),
    amount: amount_total,
    currency: found.currency,
    items: product === "" ? [] : [{ product, amount: amount_total }],
    paidAt: created * 1000,
  };
  return { effect: "paid", order, key };
}

/** A charge's refunds come as their sum: so they may come late, twice and in any order. */
function refunded({ data, id }: Event): ProviderEvent {
  const { payment_intent, amount_refunded, ...found } = shaped(charge, data.object, "/data/object");
  return { effect: "refundedTo", event: id, key: payment_intent ?? found.id, amount: amount_refunded };
}

/** Stripe: Checkout sessions, and refunds of what they charged. */
export const stripe: Provider = {
  label: "Stripe",
  strict: false,
  keys: ({ secret }) =>
    secret?.startsWith("whsec_")
      ? { keys: { secret, publicKeys: [] } }
      : { faults: [{ path: "/secret", code: "custom", message: "is the endpoint's own, whsec_…" }] },
  read: async (crypto, { secret }, { body, header, now }) => {
    const parts = (header("Stripe-Signature") ?? "").split(",").map((part) => part.trim().split("="));
    const valueOf = (name: string) => parts.flatMap(([key, value = ""]) => (key === name ? [value] : []));
    const [time = ""] = valueOf("t");
    const signed = joined([utf8(`${time}.`), body]);
    const good = await Promise.all(
      valueOf("v1")
        .slice(0, 5)
        .map(async (hex) => {
          const signature = fromHex(hex);
          return signature !== null && crypto.hmac(utf8(secret), signature, signed);
        }),
    );
    if (!good.includes(true)) throw badSignature();
    demandTimely(time, now);
    const told = shaped(event, jsonOf(body));
    if (told.type === "charge.refunded") return refunded(told);
    const isPaid =
      told.type === "checkout.session.completed" || told.type === "checkout.session.async_payment_succeeded";
    return isPaid ? paid(told) : { effect: "ignored", event: told.id };
  },
};
