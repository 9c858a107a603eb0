import { beforeAll, describe, expect, test } from "vitest";
import { type Api, mintWorkspace, request } from "../support/api.ts";
import { latePaidSession, PLAYERS, unpaidSession } from "../support/signing.ts";
import { requestAlone } from "./support/alone.ts";
import { expectProblem, made } from "./support/expect.ts";
import { newTold, openSource, ordersOf } from "./support/inbox.ts";

const MINUTE = 60_000;

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

describe.each(PLAYERS)("what $provider sends", (player) => {
  const { paid, refunded, other, header } = player;

  test("is an order once its signature is good, and the same order whenever it is sent again", async () => {
    const { source, send, signing } = await openSource(api, player);
    const told = newTold();
    const delivery = paid(told, signing());
    const first = await send(delivery);
    expect(first.status, first.text).toBe(200);
    expect(first.json).toEqual({ received: true, effect: "paid", changed: true });
    expect(Number(first.headers.get("X-Round-Trips"))).toBe(2);
    const [order] = await ordersOf(api, source);
    expect(order).toMatchObject({
      source: source.id,
      amount: 29_900,
      refunded: 0,
      currency: "CNY",
      held: false,
    });
    expect(order.reference).toContain(told.number);
    for (const again of [delivery, paid(told, signing())]) {
      expect((await send(again)).json).toEqual({ received: true, effect: "paid", changed: false });
    }
    expect(await ordersOf(api, source)).toEqual([order]);
  });

  test("is refused where the body, the signature or the secret is another", async () => {
    const { source, send, signing } = await openSource(api, player);
    const other = await openSource(await mintWorkspace(), player);
    const delivery = paid(newTold(), signing());
    const forged = {
      ...delivery,
      body: delivery.body.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
    };
    expectProblem(await send(forged), 403, "signature_invalid");
    expectProblem(await send({ ...delivery, body: `${delivery.body} ` }), 403, "signature_invalid");
    const altered = (change: (value: string) => string) => ({
      ...delivery,
      headers: { ...delivery.headers, [header]: change(delivery.headers[header] ?? "") },
    });
    for (const change of [
      (value: string) => value.replace(/.(?=.{8}$)/, (one) => (one === "0" ? "1" : "0")),
      () => "x",
      () => "",
      () => "v1,",
      () => "t=1,v1=00",
    ]) {
      expectProblem(await send(altered(change)), 403, "signature_invalid");
    }
    expectProblem(await send({ ...delivery, headers: {} }), 403, "signature_invalid");
    expectProblem(
      await send(paid(newTold(), signing({ secret: player.newSecret() }))),
      403,
      "signature_invalid",
    );
    expectProblem(await other.send(delivery), 403, "signature_invalid");
    expect(await ordersOf(api, source)).toEqual([]);
  });

  test("fifty times at once is one effect", async () => {
    const { source, send, signing } = await openSource(api, player);
    const told = newTold();
    const fifty = (delivery: () => Parameters<typeof send>[0]) =>
      Promise.all(Array.from({ length: 50 }, () => send(delivery())));
    const orders = await fifty(() => paid(told, signing()));
    expect(orders.filter(({ json }) => json.changed)).toHaveLength(1);
    expect(orders.filter(({ status }) => status === 200)).toHaveLength(50);
    const refund = newTold({ number: told.number, amount: 9900 });
    const refunds = await fifty(() => refunded(refund, signing()));
    expect(refunds.filter(({ json }) => json.changed)).toHaveLength(1);
    expect(await ordersOf(api, source)).toEqual([
      expect.objectContaining({ amount: 29_900, refunded: 9900 }),
    ]);
  });

  test("may be a refund before its order: it waits, and is taken off when the order comes", async () => {
    const { source, send, signing } = await openSource(api, player);
    const told = newTold();
    const { number } = told;
    const early = refunded(newTold({ number, amount: 10_000 }), signing());
    expect((await send(early)).json).toEqual({
      received: true,
      effect: expect.stringMatching(/^refunded/),
      changed: true,
    });
    expect((await send(early)).json.changed).toBe(false);
    expect(await ordersOf(api, source)).toEqual([]);
    await send(paid(told, signing()));
    expect(await ordersOf(api, source)).toEqual([expect.objectContaining({ refunded: 10_000 })]);
    await send(refunded(newTold({ number, amount: 29_900 }), signing()));
    expect(await ordersOf(api, source)).toEqual([expect.objectContaining({ refunded: 29_900 })]);
  });

  test("is kept and does nothing where it means nothing", async () => {
    const { source, send, signing } = await openSource(api, player);
    const delivery = other("x1", signing());
    expect((await send(delivery)).json).toEqual({ received: true, effect: "ignored", changed: true });
    expect((await send(delivery)).json.changed).toBe(false);
    expect(await ordersOf(api, source)).toEqual([]);
  });

  test("is refused for good once its source is revoked", async () => {
    const { source, send, signing } = await openSource(api, player);
    await send(paid(newTold(), signing()));
    const revoked = await made(api.post(`/v1/order-sources/${source.id}/revoke`));
    expect(revoked.revokedAt).toEqual(expect.any(String));
    expect(await made(api.post(`/v1/order-sources/${source.id}/revoke`))).toEqual(revoked);
    expectProblem(await send(paid(newTold(), signing())), 404, "source_not_found");
    expect(await ordersOf(api, source)).toHaveLength(1);
  });

  test("says what its order lacks, when its signature is good", async () => {
    const { send, signing } = await openSource(api, player);
    const answer = await send(paid(newTold({ amount: -5 }), signing()));
    expectProblem(answer, 400, "invalid_request");
    expect(answer.json.errors).not.toEqual([]);
  });
});

describe("a signature's time", () => {
  test.each(PLAYERS.filter(({ timed }) => timed))(
    "from $provider is refused where it was signed too long ago, or ahead of the clock",
    async (player) => {
      const { paid } = player;
      const { source, send, signing } = await openSource(api, player);
      const at = Date.now();
      const old = paid(newTold(), signing({ at: at - 6 * MINUTE }));
      expectProblem(await send(old), 403, "signature_expired");
      expectProblem(await send(paid(newTold(), signing({ at: at + 6 * MINUTE }))), 403, "signature_future");
      expect(await ordersOf(api, source)).toEqual([]);
      for (const near of [-4, 4]) {
        const answer = await send(paid(newTold(), signing({ at: at + near * MINUTE })));
        expect(answer.status, answer.text).toBe(200);
      }
      expect(await ordersOf(api, source)).toHaveLength(2);
    },
  );
});

describe("each provider's own ways", () => {
  const byName = Object.fromEntries(PLAYERS.map((player) => [player.provider, player]));
  const [stripe, wechatpay, shopify, standard] = ["stripe", "wechatpay", "shopify", "standard"].map(
    (name) => byName[name] as (typeof PLAYERS)[number],
  ) as [Player, Player, Player, Player];
  type Player = (typeof PLAYERS)[number];

  test("a Stripe session counts when its money came, not when it is completed", async () => {
    const { source, send, signing } = await openSource(api, stripe);
    const told = newTold();
    expect((await send(unpaidSession(told, signing()))).json.effect).toBe("ignored");
    expect(await ordersOf(api, source)).toEqual([]);
    const late = await send(latePaidSession({ ...told, event: "later" }, signing()));
    expect(late.json).toEqual({ received: true, effect: "paid", changed: true });
    expect(await ordersOf(api, source)).toHaveLength(1);
  });

  test("Stripe's refunds are sums: late, twice and in any order they come to the highest", async () => {
    const { source, send, signing } = await openSource(api, stripe);
    const told = newTold();
    await send(stripe.paid(told, signing()));
    for (const amount of [20_000, 5000, 12_000]) {
      await send(stripe.refunded(newTold({ number: told.number, amount }), signing()));
    }
    expect((await ordersOf(api, source))[0].refunded).toBe(20_000);
  });

  test("WeChat Pay's notice for another merchant does not open, though its signature is good", async () => {
    const { send, signing } = await openSource(api, wechatpay);
    const foreign = wechatpay.paid(newTold(), signing({ secret: wechatpay.newSecret() }));
    expectProblem(await send(foreign), 403, "signature_invalid");
    const { body, headers } = wechatpay.paid(newTold(), signing());
    const unknown = { body, headers: { ...headers, "Wechatpay-Serial": "PUB_KEY_ID_01" } };
    expectProblem(await send(unknown), 403, "signature_invalid");
  });

  test("Shopify signs no header: under another webhook id or topic it is still the same", async () => {
    const { source, send, signing } = await openSource(api, shopify);
    const told = newTold();
    const order = shopify.paid(told, signing());
    const refund = shopify.refunded(newTold({ number: told.number, amount: 100 }), signing());
    await send(order);
    await send(refund);
    const under = ({ body, headers }: typeof order, topic: string) =>
      send({ body, headers: { ...headers, "X-Shopify-Webhook-Id": "another", "X-Shopify-Topic": topic } });
    expect((await under(order, "orders/paid")).json.changed).toBe(false);
    expect((await under(refund, "refunds/create")).json.changed).toBe(false);
    expect((await under(refund, "orders/paid")).status).toBe(400);
    expect((await under(order, "refunds/create")).status).toBe(400);
    const [kept] = await ordersOf(api, source);
    expect(kept).toMatchObject({ refunded: 100, items: [{ product: "COURSE", amount: 29_900 }] });
  });

  test.each([stripe, wechatpay, shopify])(
    "$provider is not told of an order that was edited since: what was told first stands",
    async (player) => {
      const { source, send, signing } = await openSource(api, player);
      const told = newTold();
      await send(player.paid(told, signing()));
      const edited = await send(player.paid({ ...told, amount: 1, event: "edited" }, signing()));
      expect(edited.status, edited.text).toBe(200);
      expect(edited.json.changed).toBe(false);
      expect((await ordersOf(api, source))[0].amount).toBe(29_900);
    },
  );

  test("Standard Webhooks may leave the secret to us, and name a whole refund", async () => {
    const body = { provider: "standard", name: "Shop" };
    const { secret, ...source } = await made(api.post("/v1/order-sources", body));
    expect(secret).toMatch(/^whsec_/);
    const { data } = await made(api.get("/v1/order-sources?limit=100"));
    expect(data).toContainEqual(source);
    expect(JSON.stringify(data)).not.toContain(secret);
    expect(new URL(source.url).pathname).toBe(`/hooks/${source.id}`);
    const send = ({ headers, body }: ReturnType<Player["paid"]>) =>
      request(`/hooks/${source.id}`, { method: "POST", headers, body });
    const told = newTold();
    expect((await send(standard.paid(told, { secret, at: Date.now() }))).json.changed).toBe(true);
    const whole = { ...told, amount: undefined as unknown as number, event: "all" };
    expect((await send(standard.refunded(whole, { secret, at: Date.now() }))).json.changed).toBe(true);
    expect(await ordersOf(api, source)).toEqual([expect.objectContaining({ refunded: 29_900 })]);
    const other = standard.paid({ ...told, amount: 1 }, { secret, at: Date.now() });
    expectProblem(await send(other), 409, "conflict", "/reference");
    const stranger = standard.paid(newTold({ application: "app_00000000001" }), { secret, at: Date.now() });
    expectProblem(await send(stranger), 400, "invalid_request", "/application");
  });

  test("keys that cannot be a provider's are refused, field by field", async () => {
    const wrong = (body: object) => api.post("/v1/order-sources", { name: "x", ...body });
    expectProblem(await wrong({ provider: "stripe" }), 400, "invalid_request", "/secret");
    expectProblem(await wrong({ provider: "shopify" }), 400, "invalid_request", "/secret");
    expectProblem(
      await wrong({ provider: "standard", secret: "whsec_x" }),
      400,
      "invalid_request",
      "/secret",
    );
    const pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";
    const keys = { provider: "wechatpay", secret: "short-key", publicKeys: [{ serial: "1", pem }] };
    expectProblem(await wrong(keys), 400, "invalid_request", "/secret", "/publicKeys/0/pem");
    expectProblem(
      await wrong({ provider: "alipay", secret: "12345678" }),
      400,
      "invalid_request",
      "/provider",
    );
  });

  test("an address that is nobody's takes nothing, and a body has its bounds", async () => {
    for (const id of ["src_00000000001", "x", "ord_00000000001"]) {
      const answer = await request(`/hooks/${id}`, { method: "POST", body: "{}" });
      expectProblem(answer, 404, "source_not_found");
    }
    const { source } = await openSource(api, shopify);
    const huge = await requestAlone(`/hooks/${source.id}`, {
      method: "POST",
      body: "x".repeat(600 * 1024),
    });
    expectProblem(huge, 413, "body_too_large");
    const long = await request(`/hooks/${source.id}`, { method: "POST", body: "x".repeat(300 * 1024) });
    expectProblem(long, 403, "signature_invalid");
  });
});
