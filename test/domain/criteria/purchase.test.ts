import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrderFact } from "../../../src/domain/criteria/facts.ts";
import { judged, orderOf, takes } from "../../support/criteria.ts";

const DAY = 86_400_000;
const NOW = 1000 * DAY;
const SPENT = { kind: "purchase", minAmount: 20_000, currency: "CNY" };
const offered = (mine: boolean | null, order: Partial<OrderFact> = {}) => ({
  offeredOrder: { found: { ...orderOf({ id: "ord_9", ...order }), mine } },
});
const items = (...all: [product: string, amount: number][]) =>
  all.map(([product, amount]) => ({ product, amount }));

describe("the purchase criterion", () => {
  test.each<[string, Partial<OrderFact>[], string]>([
    ["nothing", [], "pending"],
    ["one that is too small", [{ amount: 19_999 }], "pending"],
    ["one that is enough", [{ amount: 20_000 }], "pass"],
    ["two that are enough together", [{}, {}], "pass"],
    ["two, one of them refunded in part", [{}, { refunded: 1 }], "pending"],
    ["two, one in another currency", [{}, { currency: "USD" }], "pending"],
    ["a large one that was refunded whole", [{ amount: 90_000, refunded: 90_000 }], "pending"],
    ["fees of campaigns, which are spent money too", [{ campaignId: "cmp_1" }, {}], "pass"],
  ])("sums up orders: %s", (_, orders, result) => {
    expect(judged(SPENT, { now: NOW, orders: orders.map(orderOf) }).result).toBe(result);
  });

  test("says what is missing, and where to get it", () => {
    const judgement = judged(
      { ...SPENT, payUrl: "https://shop.example/" },
      { orders: [orderOf({ refunded: 2500 })] },
    );
    expect(judgement).toMatchObject({
      result: "pending",
      code: "purchase_short",
      next: { kind: "pay", url: "https://shop.example/", amount: 12_500, currency: "CNY" },
    });
    expect(judgement.reason.en).toBe("Purchases of CNY 200.00 are needed; CNY 75.00 are known.");
    expect(judgement.remedy?.["zh-CN"]).toContain("125.00 元");
  });

  test.each<[string, Partial<OrderFact>, number]>([
    ["only what is wanted", { items: items(["tea", 4000], ["cup", 6000]) }, 4000],
    ["both", { items: items(["tea", 4000], ["jar", 1000]) }, 5000],
    ["nothing where no product is told", {}, 0],
    ["refunds first of what counts", { items: items(["tea", 4000], ["cup", 6000]), refunded: 1500 }, 2500],
    ["no more than was paid", { items: items(["tea", 40_000]) }, 10_000],
    ["nothing where more was refunded", { items: items(["tea", 4000]), refunded: 5000 }, 0],
  ])("of some products counts %s", (_, order, worth) => {
    const wanted = { ...SPENT, products: ["tea", "jar"] };
    const missing = { next: { amount: SPENT.minAmount - worth } };
    expect(judged(wanted, { orders: [orderOf(order)] })).toMatchObject(missing);
  });

  test("counts nothing that is too old", () => {
    const recent = { ...SPENT, minAmount: 10_000, withinDays: 30 };
    const at = (paidAt: number) => judged(recent, { now: NOW, orders: [orderOf({ paidAt })] }).result;
    expect(at(NOW - 30 * DAY + 1)).toBe("pass");
    expect(at(NOW - 30 * DAY)).toBe("pending");
    expect(at(NOW + DAY)).toBe("pass");
  });

  test("takes an order by its number where it is needed, binds it, and counts none twice", () => {
    const half = { orders: [orderOf()] };
    expect(judged(SPENT, { ...half, ...offered(null) })).toMatchObject({
      result: "pass",
      spend: { order: "ord_9", fee: false, atLeast: 10_000 },
    });
    const own = judged(SPENT, { orders: [orderOf({ id: "ord_9" })], ...offered(true) });
    expect(own).toMatchObject({ result: "pending", next: { amount: 10_000 } });
    const enough = judged(SPENT, { orders: [orderOf(), orderOf()], ...offered(null) });
    expect(enough.result).toBe("pass");
    expect(enough.spend).toBeUndefined();
    expect(judged({ ...SPENT, byNumber: false }, { ...half, ...offered(null) }).code).toBe("purchase_short");
  });

  test("says how much of an order must be left: a refund down to that changes nothing, one more does", () => {
    const amount = fc.integer({ min: 1, max: 30_000 });
    const bought = fc.record({
      amount,
      refunded: fc.nat(5000),
      items: fc.array(fc.record({ product: fc.constantFrom("tea", "cup"), amount }), { maxLength: 3 }),
    });
    const wanted = fc.constantFrom({}, { products: ["tea"] });
    fc.assert(
      fc.property(bought, bought, wanted, amount, (own, other, products, minAmount) => {
        const left = ({ amount, refunded }: typeof other) => amount - refunded;
        const judgedWith = (refunded: number) =>
          judged(
            { ...SPENT, ...products, minAmount },
            { now: NOW, orders: [orderOf(own)], ...offered(null, { ...other, refunded }) },
          );
        const { result, spend } = judgedWith(other.refunded);
        if (result !== "pass" || spend === undefined || !("atLeast" in spend)) return;
        expect(spend.atLeast).toBeGreaterThan(0);
        expect(spend.atLeast).toBeLessThanOrEqual(left(other));
        expect(judgedWith(other.amount - spend.atLeast).result).toBe("pass");
        expect(judgedWith(other.amount - spend.atLeast + 1).result).toBe("pending");
      }),
    );
  });

  test.each<[string, ReturnType<typeof offered> | { offeredOrder: { found: null } }]>([
    ["order_unknown", { offeredOrder: { found: null } }],
    ["order_of_another", offered(false)],
    ["order_refunded", offered(null, { refunded: 10_000 })],
    ["order_other_currency", offered(null, { currency: "USD" })],
    ["order_not_counted", offered(null, { paidAt: NOW - 90 * DAY })],
    ["purchase_short", offered(null, { paidAt: NOW })],
  ])("says %s of an order that does not do", (code, facts) => {
    expect(judged({ ...SPENT, withinDays: 30 }, { now: NOW, ...facts })).toMatchObject({
      result: "pending",
      code,
    });
  });

  test.each([
    { minAmount: 0 },
    { minAmount: 1.5 },
    { currency: "¥" },
    { products: [] },
    { products: Array.from({ length: 201 }, (_, i) => `p${i}`) },
    { withinDays: 0 },
  ])("refuses the config %j", (wrong) => {
    expect(takes({ ...SPENT, ...wrong })).toBe(false);
  });
});
