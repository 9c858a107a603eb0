import { describe, expect, test } from "vitest";
import type { OrderFact } from "../../../src/domain/criteria/facts.ts";
import { configOf, judged, orderOf, takes } from "../../support/criteria.ts";

const HERE = "cmp_00000000001";
const FEE = { kind: "payment", amount: 9900, currency: "CNY" };
const offered = (mine: boolean | null, order: Partial<OrderFact> = {}) => ({
  offeredOrder: { found: { ...orderOf(order), mine } },
});

describe("the payment criterion", () => {
  test("takes an order of theirs that was paid for this campaign, and binds it again", () => {
    const order = orderOf({ id: "ord_1", campaignId: HERE });
    expect(judged(FEE, { orders: [orderOf(), order] })).toMatchObject({
      result: "pass",
      code: "payment_made",
      spend: { order: "ord_1", fee: true, atLeast: 9900 },
    });
  });

  test.each<[string, Partial<OrderFact>]>([
    ["for no campaign", { campaignId: null }],
    ["for another campaign", { campaignId: "cmp_00000000002" }],
    ["too small", { campaignId: HERE, amount: 9899 }],
    ["refunded in part, and too small by that", { campaignId: HERE, refunded: 101 }],
    ["refunded", { campaignId: HERE, refunded: 10_000 }],
    ["in another currency", { campaignId: HERE, currency: "USD" }],
  ])("does not take an order of theirs that is %s", (_, order) => {
    const judgement = judged(FEE, { orders: [orderOf(order)] });
    expect(judgement).toMatchObject({ result: "pending", code: "payment_needed" });
    expect(judgement.spend).toBeUndefined();
  });

  test("takes an order by its number: one that is nobody's, or theirs", () => {
    for (const mine of [null, true]) {
      const judgement = judged(FEE, offered(mine, { id: "ord_9" }));
      expect(judgement).toMatchObject({
        result: "pass",
        spend: { order: "ord_9", fee: true, atLeast: 9900 },
      });
    }
    expect(judged(FEE, offered(null, { campaignId: HERE })).result).toBe("pass");
  });

  test.each<[string, ReturnType<typeof offered> | { offeredOrder: { found: null } }]>([
    ["order_unknown", { offeredOrder: { found: null } }],
    ["order_of_another", offered(false)],
    ["order_refunded", offered(null, { refunded: 10_000 })],
    ["order_other_currency", offered(null, { currency: "HKD" })],
    ["order_of_another_campaign", offered(true, { campaignId: "cmp_00000000002" })],
    ["order_too_small", offered(null, { amount: 5000 })],
  ])("says %s of an order that does not do, and goes on waiting for one that does", (code, facts) => {
    const judgement = judged(FEE, facts);
    expect(judgement).toMatchObject({ result: "pending", code, next: { kind: "pay", amount: 9900 } });
    expect(judgement.spend).toBeUndefined();
  });

  test("asks for no number where orders are told by the payment alone", () => {
    const strict = { ...FEE, byNumber: false };
    expect(judged(strict, offered(null))).toMatchObject({ result: "pending", code: "payment_needed" });
    expect(judged(strict, { orders: [orderOf({ campaignId: HERE })] }).result).toBe("pass");
  });

  test("says where to pay, once the person has a reference", () => {
    const linked = { ...FEE, payUrl: "https://pay.example/buy?client_reference_id={application}" };
    const next = { kind: "pay", amount: 9900, currency: "CNY" };
    expect(judged(linked).next).toEqual({ ...next, url: null });
    expect(judged(linked, { applicationId: "app_00000000007" }).next).toEqual({
      ...next,
      url: "https://pay.example/buy?client_reference_id=app_00000000007",
    });
    const plain = { ...FEE, payUrl: "https://pay.example/buy" };
    expect(judged(plain).next).toEqual({ ...next, url: "https://pay.example/buy" });
    expect(judged(FEE).next).toEqual({ ...next, url: null });
    expect(judged(FEE).reason["zh-CN"]).toContain("99.00 元");
  });

  test.each([
    { amount: 0 },
    { amount: 99.5 },
    { amount: -1 },
    { currency: "cny" },
    { currency: "RMBX" },
    { payUrl: "javascript:alert(1)" },
    { payUrl: "https://{application}.example/" },
    { payUrl: "https://user:pass@example.com/" },
    { extra: 1 },
  ])("refuses the config %j", (wrong) => {
    expect(takes({ ...FEE, ...wrong })).toBe(false);
  });

  test("says in its config what it does when nothing else is said", () => {
    expect(configOf(FEE)).toEqual({ ...FEE, byNumber: true });
  });
});
