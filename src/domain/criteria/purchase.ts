import { z } from "zod";
import { money } from "../money.ts";
import { amount, currency } from "../order.ts";
import { line } from "../shapes.ts";
import { later, text } from "../text.ts";
import type { Facts, OrderFact } from "./facts.ts";
import { netOf, offerFault, orderField, payStep, payUrl } from "./paid.ts";
import { perConfig } from "./per-config.ts";
import { defineCriterion, pass, pending } from "./types.ts";

const DAY = 86_400_000;

const config = z.strictObject({
  kind: z.literal("purchase"),
  /** What all their orders together must come to, in minor units, minus refunds. */
  minAmount: amount.min(1),
  currency,
  /** Only these products count. */
  products: z.array(line(200)).min(1).max(200).optional(),
  /** Only orders that were paid within so many days count. */
  withinDays: z.int().min(1).max(3650).optional(),
  /** Where to buy; `{application}` in it becomes the reference by which the purchase is known as theirs. */
  payUrl: payUrl.optional(),
  /** Whether an order counts that is nobody's yet, by its number. */
  byNumber: z.boolean().default(true),
});
type Config = z.output<typeof config>;

const ENOUGH = text("The purchases are enough.", "消费金额已达标。");
const NOT_COUNTED = {
  code: "order_not_counted",
  reason: text(
    "This order counts for nothing here: it is too old, or for other products.",
    "该订单不计入：时间或商品不符。",
  ),
};

const productsOf = perConfig(({ products }: Config) => new Set(products));

/**
 * What an order counts for. A refund says nothing of products: it is taken off those that count first, so
 * that nobody is in by what was given back.
 */
function worth(config: Config, order: OrderFact, now: number): number {
  const { currency, products, withinDays } = config;
  if (order.currency !== currency) return 0;
  if (withinDays !== undefined && order.paidAt <= now - withinDays * DAY) return 0;
  if (products === undefined) return Math.max(0, netOf(order));
  const counted = productsOf(config);
  let sum = 0;
  for (const { product, amount } of order.items) if (counted.has(product)) sum += amount;
  return Math.max(0, Math.min(sum, order.amount) - order.refunded);
}

function known(minAmount: number, spent: number, currency: string) {
  const wanted = money(minAmount, currency);
  const so = money(spent, currency);
  return text(
    `Purchases of ${wanted.en} are needed; ${so.en} are known.`,
    `需累计消费 ${wanted["zh-CN"]}，目前为 ${so["zh-CN"]}。`,
  );
}

function short(config: Config, facts: Facts, spent: number) {
  const { minAmount, currency } = config;
  const missing = minAmount - spent;
  const offered = config.byNumber ? facts.offeredOrder : null;
  const fault =
    offered === null
      ? null
      : (offerFault(offered, currency) ??
        (worth(config, offered.found as OrderFact, facts.now) === 0 ? NOT_COUNTED : null));
  return pending(
    fault?.code ?? "purchase_short",
    fault?.reason ?? later(() => known(minAmount, spent, currency)),
    later(() => {
      const left = money(missing, currency);
      return text(
        `Buy for another ${left.en}: you come in as soon as the order has arrived.`,
        `再消费 ${left["zh-CN"]} 即可，订单到达后将自动加入。`,
      );
    }),
    { next: payStep(config.payUrl, facts.applicationId, missing, currency) },
  );
}

/** What somebody bought (产品购买): all their orders together, in one currency, minus refunds. */
export const purchase = defineCriterion<Config>({
  kind: "purchase",
  summary: "Their orders come to an amount, of some products and within some days if wanted, minus refunds.",
  config,
  recheck: true,
  needs: () => [{ fact: "person" }],
  fields: ({ byNumber }) => (byNumber ? [orderField("purchase")] : []),
  judge: (config, facts) => {
    const { orders, offeredOrder, now } = facts;
    let spent = 0;
    for (const order of orders) spent += worth(config, order, now);
    if (spent >= config.minAmount) return pass("purchase_enough", ENOUGH);
    const offered = config.byNumber ? (offeredOrder?.found ?? null) : null;
    // One that is theirs stands among their orders already.
    if (offered !== null && offered.mine === null) {
      const more = worth(config, offered, now);
      const spare = spent + more - config.minAmount;
      // What is given back is taken off what counts: so much may still be, before it is too little.
      if (more > 0 && spare >= 0) {
        const atLeast = netOf(offered) - spare;
        return pass("purchase_enough", ENOUGH, { order: offered.id, fee: false, atLeast });
      }
    }
    return short(config, facts, spent);
  },
});
