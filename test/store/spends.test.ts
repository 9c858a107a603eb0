import { afterAll, beforeAll, expect, test } from "vitest";
import { gate } from "../../src/domain/gate.ts";
import type { Call } from "../../src/services/call.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { createOrder, getOrder, refundOrder } from "../../src/services/orders.ts";
import { openCampaign, openPorts } from "../support/ports.ts";

let call: Call;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ call, close } = await openPorts());
});
afterAll(() => close());

/** The same caller, whose first write waits for something else to happen: after the facts were read. */
function interrupted(happens: () => Promise<unknown>): Call {
  const { db } = call.ports;
  let armed = true;
  const run: typeof db.run = async (mode, statements) => {
    if (mode === "write" && armed) {
      armed = false;
      await happens();
    }
    return db.run(mode, statements);
  };
  return { ...call, ports: { ...call.ports, db: { ...db, run } } };
}

const FEE = { kind: "payment", amount: 600, currency: "CNY" };
const SPENT = { kind: "purchase", minAmount: 600, currency: "CNY" };

let orders = 0;

test.each<[string, object, { amount?: number }, string]>([
  ["a fee, all of it given back", FEE, {}, "pending"],
  ["a fee, too much of it given back", FEE, { amount: 401 }, "pending"],
  ["a fee that is covered by what is left", FEE, { amount: 400 }, "joined"],
  ["a purchase, all of it given back", SPENT, {}, "pending"],
  ["a purchase, too much of it given back", SPENT, { amount: 401 }, "pending"],
  ["a purchase that is enough by what is left", SPENT, { amount: 400 }, "joined"],
])("a refund between the reading and the join counts: %s", async (_, leaf, refund, outcome) => {
  const { campaign, invite } = await openCampaign(call, [10], gate.parse(leaf));
  const reference = `R-${++orders}`;
  const told = { reference, source: "api", amount: 1000, currency: "CNY", items: [] };
  const { order } = await createOrder(call, told);
  const caller = interrupted(() => refundOrder(call, order.id, refund));
  const identity = { type: "email", value: `r${orders}@example.com` } as const;
  const sent = { invite: invite.code, identity, acknowledged: true, answers: {}, order: reference };
  const result = await joinByServer(caller, campaign.id, sent, "en");
  expect(result.outcome).toBe(outcome);
  const { refunded, holderHash } = await getOrder(call, order.id);
  expect(refunded).toBe(refund.amount ?? 1000);
  expect(holderHash !== null).toBe(outcome === "joined");
});
