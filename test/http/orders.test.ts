import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { walkPages } from "./support/pages.ts";
import { justSeen } from "./support/keys.ts";

const PAID = "2026-11-02T08:00:00.000Z";

let api: Api;
let count = 0;
beforeAll(async () => {
  api = await mintWorkspace();
});

const orderOf = (more: Record<string, unknown> = {}) => ({
  reference: `A-${++count}`,
  amount: 29_900,
  currency: "CNY",
  ...more,
});

describe("an order", () => {
  test("is told once, however often, and answers the same", async () => {
    const items = [{ product: "course", amount: 29_900 }];
    const body = orderOf({ items, paidAt: PAID, identity: newIdentity(), source: "shop" });
    const first = await (await justSeen(api)).post("/v1/orders", body);
    expect(first.status, first.text).toBe(201);
    expect(first.json).toEqual({
      id: expect.stringMatching(/^ord_/),
      source: "shop",
      reference: body.reference,
      campaignId: null,
      held: true,
      heldAt: first.json.createdAt,
      amount: 29_900,
      refunded: 0,
      currency: "CNY",
      items,
      paidAt: PAID,
      createdAt: expect.any(String),
      updatedAt: first.json.createdAt,
    });
    expect(Number(first.headers.get("X-Round-Trips"))).toBeLessThanOrEqual(3);
    const again = await api.post("/v1/orders", body);
    expect(again.status).toBe(200);
    expect(again.json).toEqual(first.json);
    expect(await made(api.get(`/v1/orders/${first.json.id}`))).toEqual(first.json);
    expect((await made(api.get(`/v1/orders?reference=${body.reference}`))).data).toEqual([first.json]);
  });

  test("refuses another content under its number, and takes the number from another source", async () => {
    const body = orderOf();
    await made(api.post("/v1/orders", body));
    for (const other of [
      { amount: 29_901 },
      { currency: "USD" },
      { identity: newIdentity() },
      { paidAt: PAID },
      { items: [{ product: "x", amount: 1 }] },
    ]) {
      expectProblem(await api.post("/v1/orders", { ...body, ...other }), 409, "conflict", "/reference");
    }
    expect((await api.post("/v1/orders", { ...body, amount: 1, source: "till" })).status).toBe(201);
    expect((await made(api.get(`/v1/orders?reference=${body.reference}`))).data).toHaveLength(2);
  });

  test("is another workspace's in spite of the same number", async () => {
    const other = await mintWorkspace();
    const body = orderOf();
    const mine = await made(api.post("/v1/orders", body));
    const theirs = await made(other.post("/v1/orders", { ...body, amount: 1 }));
    expect(theirs.id).not.toBe(mine.id);
    expectProblem(await other.get(`/v1/orders/${mine.id}`), 404, "not_found");
    expectProblem(await other.post(`/v1/orders/${mine.id}/refund`), 404, "not_found");
    expect((await made(api.get(`/v1/orders/${mine.id}`))).refunded).toBe(0);
    expect((await made(other.get("/v1/orders"))).data).toEqual([theirs]);
  });

  test("is told by thirty at once, and there is one", async () => {
    const body = orderOf();
    const answers = await Promise.all(Array.from({ length: 30 }, () => api.post("/v1/orders", body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(29);
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
  });

  test("names a campaign and an application of the workspace, or nothing", async () => {
    const { campaign } = await mintCampaign(api, { publish: false });
    const stranger = await mintCampaign(await mintWorkspace(), { publish: false });
    expect((await made(api.post("/v1/orders", orderOf({ campaignId: campaign.id })))).campaignId).toBe(
      campaign.id,
    );
    for (const campaignId of [stranger.campaign.id, "cmp_00000000001", "cmp_zzzzzzzzzzz", "x"]) {
      const answer = await api.post("/v1/orders", orderOf({ campaignId }));
      expectProblem(answer, 400, "invalid_request", "/campaignId");
    }
    for (const application of ["app_00000000001", "x", campaign.id]) {
      const answer = await api.post("/v1/orders", orderOf({ application }));
      expectProblem(answer, 400, "invalid_request", "/application");
    }
    const both = orderOf({ application: "x", identity: newIdentity() });
    expectProblem(await api.post("/v1/orders", both), 400, "invalid_request", "/application");
  });

  test.each([
    ["amount", -1],
    ["amount", 1.5],
    ["amount", 1_000_000_000_001],
    ["currency", "cny"],
    ["currency", "YUAN"],
    ["reference", ""],
    ["source", "My Shop"],
    ["items", [{ product: "", amount: 1 }]],
    ["items", [{ product: "x", amount: -1 }]],
    ["paidAt", "yesterday"],
  ])("with %s %j is refused", async (field, value) => {
    expectProblem(await api.post("/v1/orders", orderOf({ [field]: value })), 400, "invalid_request");
  });

  test("is a workspace's: a key of one campaign sees none", async () => {
    const { campaign } = await mintCampaign(api, { publish: false });
    const scoped = { name: "one", scopes: ["write"], campaignId: campaign.id };
    const { key } = await made(api.post("/v1/keys", scoped));
    const headers = { Authorization: `Bearer ${key}` };
    expectProblem(await api.get("/v1/orders", undefined, headers), 403, "forbidden");
    expectProblem(await api.post("/v1/orders", orderOf(), headers), 403, "forbidden");
  });
});

describe("a refund", () => {
  const refund = (id: string, body?: unknown) => api.post(`/v1/orders/${id}/refund`, body);

  test("is all of it, and nothing more when it is told again", async () => {
    const { id } = await made(api.post("/v1/orders", orderOf()));
    const first = await made(refund(id));
    expect(first.refunded).toBe(29_900);
    expect(await made(refund(id))).toEqual(first);
    expect(await made(refund(id, { eventId: "r-1" }))).toEqual(first);
    expectProblem(await refund(id, { amount: 1 }), 409, "conflict", "/amount");
  });

  test("may come in parts, each once by its event, and never beyond the amount", async () => {
    const { id } = await made(api.post("/v1/orders", orderOf({ amount: 1000 })));
    expect((await made(refund(id, { amount: 300, eventId: "a" }))).refunded).toBe(300);
    expect((await made(refund(id, { amount: 300, eventId: "a" }))).refunded).toBe(300);
    expectProblem(await refund(id, { amount: 301, eventId: "a" }), 409, "conflict", "/eventId");
    expect((await made(refund(id, { amount: 300, eventId: "b" }))).refunded).toBe(600);
    expectProblem(await refund(id, { amount: 401, eventId: "c" }), 409, "conflict", "/amount");
    expect((await made(refund(id, { amount: 400, eventId: "c" }))).refunded).toBe(1000);
    expect((await made(refund(id, { amount: 300, eventId: "a" }))).refunded).toBe(1000);
    expectProblem(await refund(id, { amount: 0 }), 400, "invalid_request", "/amount");
  });

  test("is exact where thirty are told at once", async () => {
    const { id } = await made(api.post("/v1/orders", orderOf({ amount: 1000 })));
    const each = Array.from({ length: 30 }, (_, i) => refund(id, { amount: 50, eventId: `e${i % 15}` }));
    for (const answer of await Promise.all(each)) expect(answer.status, answer.text).toBe(200);
    const more = Array.from({ length: 20 }, () => refund(id, { amount: 100 }));
    const answers = await Promise.all(more);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(18);
    expect((await made(api.get(`/v1/orders/${id}`))).refunded).toBe(950);
  });
});

describe("the list of orders", () => {
  test("goes page by page, and is narrowed by what is asked", async () => {
    const shop = await mintWorkspace();
    const { campaign, invite } = await mintCampaign(shop);
    const identity = newIdentity();
    const { participant } = (await joinBy(shop, campaign.id, invite.code, identity)).json;
    const { memberId } = await made(shop.get(`/v1/participants/${participant.id}`));
    const tell = (more: object) => made(shop.post("/v1/orders", orderOf(more as Record<string, unknown>)));
    const theirs = await tell({ identity });
    const fee = await tell({ campaignId: campaign.id });
    const till = await tell({ source: "till" });
    const ask = async (query: string) => (await made(shop.get(`/v1/orders?${query}`))).data;
    expect(await ask("")).toEqual([till, fee, theirs]);
    expect(await ask("held=true")).toEqual([theirs]);
    expect(await ask("held=false")).toEqual([till, fee]);
    expect(await ask("source=till")).toEqual([till]);
    expect(await ask(`campaignId=${campaign.id}`)).toEqual([fee]);
    expect(await ask(`memberId=${memberId}`)).toEqual([theirs]);
    expect(await ask("memberId=mem_00000000001")).toEqual([]);
    expectProblem(
      await shop.get("/v1/orders?memberId=x&held=1"),
      400,
      "invalid_request",
      "?memberId",
      "?held",
    );
    const { forwards, backwards } = await walkPages(shop, "/v1/orders", 2);
    expect(forwards.flatMap(({ data }) => data)).toEqual([till, fee, theirs]);
    expect(backwards.reverse().flatMap(({ data }) => data)).toEqual([till, fee, theirs]);
  });
});
