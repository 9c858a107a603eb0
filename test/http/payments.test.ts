import { beforeAll, describe, expect, test } from "vitest";
import {
  type Api,
  joinAtGate,
  joinBy,
  mintCampaign,
  mintWorkspace,
  newIdentity,
  request,
} from "../support/api.ts";
import { PLAYERS } from "../support/signing.ts";
import { expectProblem, made } from "./support/expect.ts";
import { newTold, openSource, ordersOf } from "./support/inbox.ts";

const FEE = 29_900;
const PAYMENT = {
  kind: "payment",
  amount: FEE,
  currency: "CNY",
  payUrl: "https://pay.example.com/?ref={application}",
};
const PURCHASE = { kind: "purchase", minAmount: FEE, currency: "CNY" };

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const open = (gate: unknown, groups = [{ capacity: 100 }]) =>
  mintCampaign(api, { campaign: { gate }, groups });

const getJson = async (url: string) => {
  const { pathname } = new URL(url);
  return made(request(pathname, { headers: { Accept: "application/json" } }));
};

/** What an application's own page says, once it says something else than `pending`. */
async function settled(url: string) {
  for (let round = 0; round < 300; round++) {
    const page = await getJson(url);
    if (page.state !== "pending") return page;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the application is pending still");
}

/** The reference that a pending person's payment link carries. */
// oxlint-disable-next-line typescript/no-explicit-any
const referenceOf = async (answer: any): Promise<string> => {
  const page = await getJson(answer.application);
  // oxlint-disable-next-line typescript/no-explicit-any
  const { next } = page.reasons.find(({ next: step }: any) => step?.kind === "pay");
  expect(next).toMatchObject({
    amount: FEE,
    currency: "CNY",
    url: `https://pay.example.com/?ref=${page.id}`,
  });
  return page.id;
};

describe("a fee", () => {
  test.each(PLAYERS)("paid by $provider lets its payer in, who does nothing more", async (player) => {
    const { campaign, invite } = await open(PAYMENT);
    const { source, send, signing } = await openSource(api, player);
    const pending = await made(joinAtGate(invite.code, { identity: newIdentity() }));
    expect(pending.outcome).toBe("pending");
    const application = await referenceOf(pending);
    const paid = await send(player.paid(newTold({ application }), signing()));
    expect(paid.json, paid.text).toMatchObject({ changed: true });
    const page = await settled(pending.application);
    expect(page.state).toBe("admitted");
    const own = await getJson(page.pass);
    expect(JSON.stringify(own)).toContain("https://example.com/1");
    expect(await ordersOf(api, source)).toEqual([
      expect.objectContaining({ campaignId: campaign.id, held: true, amount: FEE }),
    ]);
  });

  test("that is too small, in another currency or for somebody else lets nobody in", async () => {
    const { invite } = await open(PAYMENT);
    const pending = await made(joinAtGate(invite.code, { identity: newIdentity() }));
    const other = await made(joinAtGate(invite.code, { identity: newIdentity() }));
    const application = await referenceOf(pending);
    const tell = (more: object) =>
      made(api.post("/v1/orders", { reference: newTold().number, amount: FEE, currency: "CNY", ...more }));
    await tell({ application, amount: FEE - 1 });
    await tell({ application, currency: "USD" });
    await tell({ application: await referenceOf(other) });
    expect((await settled(other.application)).state).toBe("admitted");
    expect((await getJson(pending.application)).state).toBe("pending");
    await tell({ application });
    expect((await settled(pending.application)).state).toBe("admitted");
  });

  test("lets in whoever it is told for by their identity, alone or in an import", async () => {
    const { invite } = await open(PURCHASE);
    const people = [newIdentity(), newIdentity()];
    const pending = [];
    for (const identity of people) pending.push(await made(joinAtGate(invite.code, { identity })));
    expect(pending.map(({ outcome }) => outcome)).toEqual(["pending", "pending"]);
    const order = (identity: object) => ({
      reference: newTold().number,
      amount: FEE,
      currency: "CNY",
      identity,
    });
    await made(api.post("/v1/orders", order(people[0] as object)));
    const line = JSON.stringify(order(people[1] as object));
    await made(api.post("/v1/orders/import", line, { "Content-Type": "application/x-ndjson" }));
    for (const { application } of pending) expect((await settled(application)).state).toBe("admitted");
  });

  test("told for an identity lets in by the next form, and given back it does not", async () => {
    const { campaign, invite } = await open(PAYMENT);
    const [kept, back] = [newIdentity(), newIdentity()];
    const tell = (identity: object) =>
      made(
        api.post("/v1/orders", {
          reference: newTold().number,
          amount: FEE,
          currency: "CNY",
          identity,
          campaignId: campaign.id,
        }),
      );
    await tell(kept);
    const { id } = await tell(back);
    await made(api.post(`/v1/orders/${id}/refund`));
    expect((await made(joinBy(api, campaign.id, invite.code, kept))).outcome).toBe("joined");
    expect((await made(joinBy(api, campaign.id, invite.code, back))).outcome).toBe("pending");
  });
});

describe("an order that is nobody's", () => {
  const free = async () => {
    const reference = newTold().number;
    await made(api.post("/v1/orders", { reference, amount: FEE, currency: "CNY" }));
    return reference;
  };

  test.each([
    ["payment", PAYMENT],
    ["purchase", PURCHASE],
  ])("lets in by its number for a %s: the first who comes, and never anybody else", async (_kind, gate) => {
    const { campaign, invite } = await open(gate);
    const [first, second] = [newIdentity(), newIdentity()];
    const order = await free();
    const come = (identity: object) => made(joinBy(api, campaign.id, invite.code, identity, { order }));
    expect((await come(first)).outcome).toBe("joined");
    const refused = await come(second);
    expect(refused.outcome).toBe("pending");
    // oxlint-disable-next-line typescript/no-explicit-any
    expect(refused.reasons.map(({ code }: any) => code)).toContain("order_of_another");
    expect((await come(first)).outcome).toBe("already_joined");
    expect((await come(second)).outcome).toBe("pending");
  });

  test("is one person's across campaigns: a purchase counts for them in both, a fee in one", async () => {
    const [one, two] = await Promise.all([open(PURCHASE), open(PURCHASE)]);
    const [fee, other] = await Promise.all([open(PAYMENT), open(PAYMENT)]);
    const [first, second] = [newIdentity(), newIdentity()];
    const order = await free();
    // oxlint-disable-next-line typescript/no-explicit-any
    const come = async ({ campaign, invite }: any, identity: object) =>
      (await made(joinBy(api, campaign.id, invite.code, identity, { order }))).outcome;
    expect(await come(one, first)).toBe("joined");
    expect(await come(two, second)).toBe("pending");
    expect(await come(two, first)).toBe("joined");
    expect(await come(fee, second)).toBe("pending");
    expect(await come(fee, first)).toBe("joined");
    expect(await come(other, first)).toBe("pending");
  });

  test.each([
    ["payment", PAYMENT],
    ["purchase", PURCHASE],
  ])("offered by ten at once for a %s lets in one", async (_kind, gate) => {
    const { campaign, invite } = await open(gate);
    const order = await free();
    const people = Array.from({ length: 10 }, newIdentity);
    const answers = await Promise.all(
      people.map((identity) => made(joinBy(api, campaign.id, invite.code, identity, { order }))),
    );
    const withOutcome = (one: string) => answers.filter(({ outcome }) => outcome === one);
    expect([withOutcome("joined").length, withOutcome("pending").length]).toEqual([1, 9]);
    const { data } = await made(api.get(`/v1/campaigns/${campaign.id}/participants`));
    expect(data).toHaveLength(1);
  });
});

test("a workspace without any source takes people as it ever did", async () => {
  const bare = await mintWorkspace();
  const { campaign, invite } = await mintCampaign(bare);
  expect((await made(joinBy(bare, campaign.id, invite.code))).outcome).toBe("joined");
  expect((await made(bare.get("/v1/order-sources"))).data).toEqual([]);
  expectProblem(await bare.get("/v1/orders/ord_00000000001"), 404, "not_found");
});
