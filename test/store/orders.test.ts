import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseId } from "../../src/domain/id.ts";
import { receive } from "../../src/services/order-inbox.ts";
import { createSource } from "../../src/services/order-sources.ts";
import { createOrder, listOrders, refundOrder } from "../../src/services/orders.ts";
import type { Call } from "../../src/services/call.ts";
import { keepReceipt } from "../../src/store/refunds.ts";
import { keepOrders, type NewOrder } from "../../src/store/receipts.ts";
import { PLAYERS } from "../support/signing.ts";
import { type Clock, openPorts } from "../support/ports.ts";

const clock: Clock = { now: Date.parse("2026-11-02T08:00:00Z") };

let call: Call;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ call, close } = await openPorts(clock));
});
afterAll(() => close());

const AMOUNT = 1000;

/** What a source may tell of one order; `event` tells refunds from each other. */
type Told = { kind: "paid" } | { kind: "refunded" | "refundedTo"; event: number; amount: number };

const anyTold: fc.Arbitrary<Told> = fc.oneof(
  fc.constant({ kind: "paid" as const }),
  fc.record({
    kind: fc.constantFrom("refunded" as const, "refundedTo" as const),
    event: fc.nat(6),
    amount: fc.integer({ min: 1, max: 600 }),
  }),
);

/** What is given back by all that was told, by the first telling of each event. */
function refundedOf(all: readonly Told[]): number {
  const events = new Map<number, { kind: string; amount: number }>();
  for (const told of all) if (told.kind !== "paid" && !events.has(told.event)) events.set(told.event, told);
  const amounts = (kind: string) =>
    [...events.values()].flatMap((one) => (one.kind === kind ? [one.amount] : []));
  const sum = amounts("refunded").reduce((a, b) => a + b, 0);
  return Math.min(AMOUNT, sum + Math.max(0, ...amounts("refundedTo")));
}

let sources = 0;

const orderOf = (source: string): NewOrder => ({
  source,
  key: "the key",
  reference: "the number",
  campaignId: null,
  applicationId: null,
  holderHash: null,
  amount: AMOUNT,
  currency: "CNY",
  items: [],
  paidAt: 0,
  digest: "paid",
  strict: false,
});

async function tell(source: string, told: Told): Promise<string> {
  const { ports, actor } = call;
  const { workspaceId } = actor;
  if (told.kind === "paid") {
    const tenant = { workspaceId, campaignId: null };
    const [kept] = await keepOrders(ports.db, tenant, [orderOf(source)], ports.newId(), clock.now++);
    return kept?.keeping ?? "";
  }
  const { kind, event, amount } = told;
  const receipt = { event: `e${event}`, effect: kind, amount, digest: `${kind} ${amount}` };
  const of = { source, key: "the key" };
  return keepReceipt(ports.db, workspaceId, of, receipt, ports.newId(), clock.now++);
}

const ordersOf = async (source: string) => (await listOrders(call, { source, limit: 10 })).data;

test("whatever a source tells, twice and in any order, ends in the same order", async () => {
  const history = fc.array(anyTold, { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(history, async (all) => {
      const source = `s${++sources}`;
      const seen = new Set<string>();
      for (const told of all) {
        const name = told.kind === "paid" ? "paid" : String(told.event);
        const said = await tell(source, told);
        if (!seen.has(name)) expect(said).toBe("created");
        else expect(["unchanged", "conflict"]).toContain(said);
        seen.add(name);
      }
      const orders = await ordersOf(source);
      const isPaid = all.some(({ kind }) => kind === "paid");
      expect(orders.map(({ refunded }) => refunded)).toEqual(isPaid ? [refundedOf(all)] : []);
    }),
    { numRuns: 50 },
  );
});

test("an event that tells of something else is a conflict, and changes nothing", async () => {
  const source = `s${++sources}`;
  await tell(source, { kind: "paid" });
  await tell(source, { kind: "refunded", event: 1, amount: 10 });
  expect(await tell(source, { kind: "refunded", event: 1, amount: 11 })).toBe("conflict");
  expect((await ordersOf(source))[0]?.refunded).toBe(10);
});

test("what is told by hand adds to what a source told itself", async () => {
  const source = `s${++sources}`;
  await tell(source, { kind: "refundedTo", event: 1, amount: 400 });
  await tell(source, { kind: "paid" });
  const [order] = await ordersOf(source);
  const byHand = await refundOrder(call, order?.id ?? "", { amount: 100, eventId: "x" });
  expect(byHand.refunded).toBe(500);
  await tell(source, { kind: "refundedTo", event: 2, amount: 450 });
  expect((await ordersOf(source))[0]?.refunded).toBe(550);
  expect((await refundOrder(call, order?.id ?? "", {})).refunded).toBe(AMOUNT);
});

test("five minutes of the server's clock are the bound, either way", async () => {
  const [player] = PLAYERS;
  if (player === undefined) throw new Error("no provider");
  const secret = player.newSecret();
  const { source } = await createSource(call, { provider: player.provider, name: "shop", secret });
  const sent = (ms: number) => {
    const told = { number: `t${clock.now}${ms}`, amount: 1, event: `t${ms}` };
    const { body, headers } = player.paid(told, { secret, at: clock.now + ms });
    const header = (name: string) => headers[name] ?? null;
    return receive(call.ports, source.id, { body: new TextEncoder().encode(body), header });
  };
  clock.now = Date.parse("2026-11-02T09:00:00Z");
  for (const ms of [-300_000, 300_000, 0]) expect((await sent(ms)).changed).toBe(true);
  await expect(sent(-301_000)).rejects.toMatchObject({ code: "signature_expired" });
  await expect(sent(301_000)).rejects.toMatchObject({ code: "signature_future" });
});

test("a list of orders is read by its index, however many other workspaces have", async () => {
  await createOrder(call, { reference: "plan", source: "api", amount: 1, currency: "CNY", items: [] });
  const sql = "EXPLAIN QUERY PLAN SELECT * FROM orders WHERE workspace_id = ? ORDER BY id DESC LIMIT 21";
  const workspace = parseId("workspace", call.actor.workspaceId);
  const [plan = []] = await call.ports.db.run("read", [{ sql, params: [workspace] }]);
  const steps = plan.map((row) => String(row.at(-1))).join("; ");
  expect(steps).toMatch(/USING INDEX orders_workspace/);
  expect(steps).not.toMatch(/TEMP B-TREE/);
});
