import { z } from "zod";
import type { Id } from "../id.ts";
import { isUrl } from "../shapes.ts";
import { text, type Text } from "../text.ts";
import type { OfferedOrder, OrderFact } from "./facts.ts";
import type { FormField, NextStep } from "./types.ts";

/** What stands in a payment link for the reference of whoever is to pay. */
const PLACE = "{application}";

const filled = (url: string, reference: string): string => url.replaceAll(PLACE, reference);

/** Where to pay. The reference may stand anywhere behind the host, so that no link leads elsewhere by it. */
export const payUrl = z
  .string()
  .trim()
  .max(2048)
  .refine((value) => {
    const [one, other] = [filled(value, "app_1"), filled(value, "app_2")];
    return isUrl(one, ["https:", "http:"]) && new URL(one).origin === new URL(other).origin;
  }, `is not an http(s) URL, with ${PLACE} nowhere but behind its host`);

/** The link for one person; null while the reference that it needs does not exist. */
function payUrlOf(url: string | undefined, applicationId: Id | null): string | null {
  if (url === undefined) return null;
  if (applicationId === null && url.includes(PLACE)) return null;
  return filled(url, applicationId ?? "");
}

/** The next step of somebody who has to pay. */
export const payStep = (
  url: string | undefined,
  applicationId: Id | null,
  amount: number,
  currency: string,
): NextStep => ({ kind: "pay", url: payUrlOf(url, applicationId), amount, currency });

/** What is left of an order. */
export const netOf = ({ amount, refunded }: OrderFact): number => amount - refunded;

/** The field for the number of an order that is nobody's yet. */
export const orderField = (criterion: string): FormField => ({
  criterion,
  name: "order",
  type: "text",
  label: text("Order number, if you have paid already", "订单号（如已付款）"),
});

/** Why an order does not count, whose number was typed in. */
export type OfferFault = { code: string; reason: Text };

const UNKNOWN: OfferFault = {
  code: "order_unknown",
  reason: text("No order with this number is known yet.", "暂未查到该订单号。"),
};
const OF_ANOTHER: OfferFault = {
  code: "order_of_another",
  reason: text("This order is somebody else's.", "该订单已由他人使用。"),
};
const REFUNDED: OfferFault = {
  code: "order_refunded",
  reason: text("This order was refunded.", "该订单已退款。"),
};
const OTHER_CURRENCY: OfferFault = {
  code: "order_other_currency",
  reason: text("This order was paid in another currency.", "该订单的币种不符。"),
};

/** Why an offered order can count for nobody, or not for this person; null when it may. */
export function offerFault({ found }: OfferedOrder, currency: string): OfferFault | null {
  if (found === null) return UNKNOWN;
  if (found.mine === false) return OF_ANOTHER;
  if (netOf(found) <= 0) return REFUNDED;
  return found.currency === currency ? null : OTHER_CURRENCY;
}
