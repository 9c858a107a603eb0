import { z } from "zod";
import { money } from "../money.ts";
import { amount, currency } from "../order.ts";
import { text } from "../text.ts";
import type { Facts, OrderFact } from "./facts.ts";
import { netOf, offerFault, type OfferFault, orderField, payStep, payUrl } from "./paid.ts";
import { perConfig } from "./per-config.ts";
import { defineCriterion, pass, pending } from "./types.ts";

const config = z.strictObject({
  kind: z.literal("payment"),
  /** The fee, in minor units. */
  amount: amount.min(1),
  currency,
  /** Where to pay; `{application}` in it becomes the reference by which the payment is known as theirs. */
  payUrl: payUrl.optional(),
  /** Whether somebody may come by the number of an order that is nobody's yet. */
  byNumber: z.boolean().default(true),
});
type Config = z.output<typeof config>;

const PAID = text("The fee is paid.", "费用已支付。");

const words = perConfig(({ amount, currency }: Config) => {
  const fee = money(amount, currency);
  return {
    needed: {
      code: "payment_needed",
      reason: text(`The fee of ${fee.en} has not been paid.`, `尚未支付入群费用 ${fee["zh-CN"]}。`),
    },
    small: {
      code: "order_too_small",
      reason: text(
        `This order does not cover the fee of ${fee.en}.`,
        `该订单金额不足以支付费用 ${fee["zh-CN"]}。`,
      ),
    },
    elsewhere: {
      code: "order_of_another_campaign",
      reason: text("This order is the fee of another campaign.", "该订单已用于其他活动。"),
    },
    remedy: text(
      `Pay ${fee.en}: you come in as soon as the payment has arrived.`,
      `请支付 ${fee["zh-CN"]}，到账后将自动加入。`,
    ),
  };
});

/** The order that they typed in, if it is the fee; else why it is not. */
function offeredFee(
  config: Config,
  { offeredOrder, campaignId }: Facts,
): { order: OrderFact } | { fault: OfferFault } {
  const { needed, small, elsewhere } = words(config);
  if (!config.byNumber || offeredOrder === null) return { fault: needed };
  const fault = offerFault(offeredOrder, config.currency);
  if (fault !== null) return { fault };
  const order = offeredOrder.found as OrderFact;
  if (order.campaignId !== null && order.campaignId !== campaignId) return { fault: elsewhere };
  return netOf(order) < config.amount ? { fault: small } : { order };
}

/** This campaign's fee (付费入群): one order that covers it, paid for this campaign or offered by its number. */
export const payment = defineCriterion<Config>({
  kind: "payment",
  summary: "This campaign's fee is paid by one order, and not refunded.",
  config,
  recheck: true,
  needs: () => [{ fact: "person" }],
  fields: ({ byNumber }) => (byNumber ? [orderField("payment")] : []),
  judge: (config, facts) => {
    const { amount, currency } = config;
    const fee = facts.orders.find(
      (order) =>
        order.campaignId === facts.campaignId && order.currency === currency && netOf(order) >= amount,
    );
    if (fee !== undefined) return pass("payment_made", PAID, { order: fee.id, fee: true, atLeast: amount });
    const offered = offeredFee(config, facts);
    if ("order" in offered)
      return pass("payment_made", PAID, { order: offered.order.id, fee: true, atLeast: amount });
    const { fault } = offered;
    return pending(fault.code, fault.reason, words(config).remedy, {
      next: payStep(config.payUrl, facts.applicationId, amount, currency),
    });
  },
});
