import { z } from "zod";
import { identity } from "./identity.ts";
import { instant, line } from "./shapes.ts";

/** The most that an order is of: whoever is given this much back is given all of it back. */
export const ALL_OF_IT = 1_000_000_000_000;

/** Money: an integer in minor units (cents, 分), never a float. */
export const amount = z.int().min(0).max(ALL_OF_IT);

/** ISO 4217, three upper-case letters. */
export const currency = z.string().regex(/^[A-Z]{3}$/, "is not a currency of three capital letters");

export const orderItem = z.strictObject({ product: line(200), amount });
export type OrderItem = z.output<typeof orderItem>;

/**
 * What one event of a source did to an order. `refunded`: so much more was given back; `refundedTo`: so much in
 * all, as the source adds it up itself.
 */
export type ReceiptEffect = "paid" | "refunded" | "refundedTo" | "ignored";

/** Who tells of orders: a name of the marketer's own, or the id of a source. */
export const sourceName = z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/);

/** `POST /v1/orders`. */
export const orderInput = z
  .strictObject({
    /** The order's number, as the buyer knows it. */
    reference: line(120),
    /** Where it comes from; two shops may use the same numbers. */
    source: sourceName.default("api"),
    /** Whose it is; without one, it is theirs who first comes in by its number. */
    identity: identity.optional(),
    /** The reference that a pending person's page gives out; instead of `identity`. */
    application: z.string().max(40).optional(),
    /** The campaign whose fee it is. */
    campaignId: z.string().max(40).optional(),
    amount,
    currency,
    items: z.array(orderItem).max(200).default([]),
    paidAt: instant.optional(),
  })
  .refine((given) => given.identity === undefined || given.application === undefined, {
    path: ["application"],
    message: "goes without identity",
  });
export type OrderInput = z.output<typeof orderInput>;

/** `POST /v1/orders/{id}/refund`: all of it, where no amount is given. */
export const refundInput = z.strictObject({
  amount: amount.min(1).optional(),
  /** Tells this refund from others of the order; a retry with the same one changes nothing. */
  eventId: line(200).optional(),
});
export type RefundInput = z.output<typeof refundInput>;
