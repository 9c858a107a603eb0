import { z } from "zod";
import { fromBase64, joined, utf8 } from "../bytes.ts";
import { ALL_OF_IT, amount, orderInput } from "../order.ts";
import { line } from "../shapes.ts";
import { badSignature, demandTimely, jsonOf, shaped } from "./common.ts";
import type { Provider } from "./types.ts";

const event = z.object({ type: z.string(), data: z.record(z.string(), z.unknown()) });

const refund = z.strictObject({
  reference: line(120),
  /** All of it, where none is given. */
  amount: amount.min(1).optional(),
  /** Tells this refund from others of the order; else the delivery's id does. */
  eventId: line(150).optional(),
});

const PREFIX = "whsec_";

const secretBytes = (secret: string) =>
  secret.startsWith(PREFIX) ? fromBase64(secret.slice(PREFIX.length)) : null;

/** Anything else, by way of the marketer's own server: Standard Webhooks, with a body of ours. */
export const standard: Provider = {
  label: "Standard Webhooks",
  strict: true,
  keys: ({ secret, fresh }) => {
    const bytes = secretBytes(secret ?? fresh);
    if (bytes !== null && bytes.length >= 16 && bytes.length <= 64)
      return { keys: { secret: secret ?? fresh, publicKeys: [] } };
    const message = "is whsec_ and base64 of 16 to 64 bytes; without one, one is made";
    return { faults: [{ path: "/secret", code: "custom", message }] };
  },
  read: async (crypto, { secret }, { body, header, now }) => {
    const [id, time] = [header("webhook-id") ?? "", header("webhook-timestamp") ?? ""];
    const key = secretBytes(secret);
    const signed = joined([utf8(`${id}.${time}.`), body]);
    const given = (header("webhook-signature") ?? "").split(" ").slice(0, 5);
    const good = await Promise.all(
      given.map(async (one) => {
        const signature = one.startsWith("v1,") ? fromBase64(one.slice(3)) : null;
        return key !== null && signature !== null && crypto.hmac(key, signature, signed);
      }),
    );
    if (!/^[\x21-\x7e]{1,150}$/.test(id) || !good.includes(true)) throw badSignature();
    demandTimely(time, now);
    const { type, data } = shaped(event, jsonOf(body));
    if (type === "order.paid") {
      const { source: _, ...order } = shaped(orderInput, data, "/data");
      return { effect: "paid", order, key: order.reference };
    }
    if (type !== "order.refunded") return { effect: "ignored", event: `webhook:${id}` };
    const { reference, amount: part, eventId } = shaped(refund, data, "/data");
    return {
      effect: part === undefined ? "refundedTo" : "refunded",
      event: `refund:${eventId === undefined ? id : `${reference}:${eventId}`}`,
      key: reference,
      amount: part ?? ALL_OF_IT,
    };
  },
};
