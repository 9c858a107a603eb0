import { createCipheriv, createHmac, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { Stripe } from "stripe";

/** A delivery as a provider sends it. */
export type Signed = { body: string; headers: Record<string, string> };

/** What a test says of an order, whoever tells it. */
export type Told = {
  /** The order's number, and by what the provider itself knows it. */
  number: string;
  amount: number;
  application?: string;
  /** Tells this event from others. */
  event: string;
};

export type Signing = { secret: string; at: number };

const seconds = (at: number) => Math.floor(at / 1000);
const iso = (at: number) => new Date(at).toISOString();

/** One provider as a test plays it. */
export type Player = {
  provider: "stripe" | "wechatpay" | "shopify" | "standard";
  /** The body of `POST /v1/order-sources`, but for provider and name. */
  keys: (secret: string) => object;
  newSecret: () => string;
  /** Whether a delivery has a time that is signed. */
  timed: boolean;
  /** A header that is signed, or carries the signature. */
  header: string;
  paid: (told: Told, signing: Signing) => Signed;
  refunded: (told: Told, signing: Signing) => Signed;
  /** An event that means nothing to a gate. */
  other: (event: string, signing: Signing) => Signed;
};

const stripe = new Stripe("sk_test_none");

function byStripe(type: string, event: string, object: object, { secret, at }: Signing): Signed {
  const body = JSON.stringify({
    id: `evt_${event}`,
    object: "event",
    type,
    created: seconds(at),
    data: { object },
  });
  const header = stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: seconds(at) });
  return { body, headers: { "Stripe-Signature": header } };
}

const session = ({ number, amount, application }: Told, status: string) => ({
  id: `cs_${number}`,
  object: "checkout.session",
  payment_status: status,
  payment_intent: `pi_${number}`,
  amount_total: amount,
  currency: "cny",
  client_reference_id: application ?? null,
  metadata: {},
});

/** A session that is completed before the money is there, as a bank transfer is. */
export const unpaidSession = (told: Told, signing: Signing): Signed =>
  byStripe("checkout.session.completed", told.event, session(told, "unpaid"), signing);

/** The money of such a session came. */
export const latePaidSession = (told: Told, signing: Signing): Signed =>
  byStripe("checkout.session.async_payment_succeeded", told.event, session(told, "paid"), signing);

const stripePlayer: Player = {
  provider: "stripe",
  keys: (secret) => ({ secret }),
  newSecret: () => `whsec_${randomBytes(24).toString("base64")}`,
  timed: true,
  header: "Stripe-Signature",
  paid: (told, signing) => byStripe("checkout.session.completed", told.event, session(told, "paid"), signing),
  refunded: ({ number, amount, event }, signing) => {
    const charge = { id: `ch_${number}`, payment_intent: `pi_${number}`, amount_refunded: amount };
    return byStripe("charge.refunded", event, charge, signing);
  },
  other: (event, signing) => byStripe("customer.created", event, { id: "cus_1" }, signing),
};

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";

function byWechatpay(type: string, event: string, resource: object, { secret, at }: Signing): Signed {
  const nonce = randomBytes(6).toString("hex");
  const cipher = createCipheriv("aes-256-gcm", secret, nonce).setAAD(Buffer.from("transaction"));
  const sealed = [cipher.update(JSON.stringify(resource)), cipher.final(), cipher.getAuthTag()];
  const body = JSON.stringify({
    id: `EV-${event}`,
    create_time: iso(at),
    resource_type: "encrypt-resource",
    event_type: type,
    summary: "支付成功",
    resource: {
      original_type: "transaction",
      algorithm: "AEAD_AES_256_GCM",
      ciphertext: Buffer.concat(sealed).toString("base64"),
      associated_data: "transaction",
      nonce,
    },
  });
  const salt = randomBytes(16).toString("hex");
  const signature = sign("RSA-SHA256", Buffer.from(`${seconds(at)}\n${salt}\n${body}\n`), rsa.privateKey);
  return {
    body,
    headers: {
      "Wechatpay-Timestamp": String(seconds(at)),
      "Wechatpay-Nonce": salt,
      "Wechatpay-Serial": SERIAL,
      "Wechatpay-Signature": signature.toString("base64"),
    },
  };
}

const wechatpayPlayer: Player = {
  provider: "wechatpay",
  keys: (secret) => ({
    secret,
    publicKeys: [{ serial: SERIAL, pem: rsa.publicKey.export({ type: "spki", format: "pem" }) }],
  }),
  newSecret: () => randomBytes(16).toString("hex"),
  timed: true,
  header: "Wechatpay-Signature",
  paid: ({ number, amount, application, event }, signing) =>
    byWechatpay(
      "TRANSACTION.SUCCESS",
      event,
      {
        mchid: "1900000001",
        out_trade_no: number,
        transaction_id: `42000${number}`,
        trade_state: "SUCCESS",
        attach: application ?? "",
        success_time: "2026-11-02T16:00:00+08:00",
        payer: { openid: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" },
        amount: { total: amount, payer_total: amount, currency: "CNY", payer_currency: "CNY" },
      },
      signing,
    ),
  refunded: ({ number, amount, event }, signing) =>
    byWechatpay(
      "REFUND.SUCCESS",
      event,
      {
        mchid: "1900000001",
        out_trade_no: number,
        refund_id: `50000${event}`,
        refund_status: "SUCCESS",
        amount: { total: amount, refund: amount, payer_total: amount, payer_refund: amount },
      },
      signing,
    ),
  other: (event, signing) => byWechatpay("REFUND.CLOSED", event, {}, signing),
};

function byShopify(topic: string, event: string, payload: object, { secret }: Signing): Signed {
  const body = JSON.stringify(payload);
  return {
    body,
    headers: {
      "X-Shopify-Topic": topic,
      "X-Shopify-Webhook-Id": event,
      "X-Shopify-Hmac-Sha256": createHmac("sha256", secret).update(body).digest("base64"),
    },
  };
}

const decimal = (amount: number) => (amount / 100).toFixed(2);

const shopifyPlayer: Player = {
  provider: "shopify",
  keys: (secret) => ({ secret }),
  newSecret: () => randomBytes(32).toString("hex"),
  timed: false,
  header: "X-Shopify-Hmac-Sha256",
  paid: ({ number, amount, application, event }, signing) =>
    byShopify(
      "orders/paid",
      event,
      {
        id: `77${number}`,
        name: "#1001",
        confirmation_number: number,
        financial_status: "paid",
        total_price: decimal(amount),
        currency: "CNY",
        processed_at: "2026-11-02T03:00:00-05:00",
        note_attributes: application === undefined ? [] : [{ name: "qrove", value: application }],
        line_items: [
          { product_id: 1, sku: "COURSE", price: decimal(amount), quantity: 1, total_discount: "0.00" },
        ],
      },
      signing,
    ),
  refunded: ({ number, amount, event }, signing) =>
    byShopify(
      "refunds/create",
      event,
      {
        id: `88${event}`,
        order_id: `77${number}`,
        transactions: [{ kind: "refund", status: "success", amount: decimal(amount), currency: "CNY" }],
      },
      signing,
    ),
  other: (event, signing) => byShopify("orders/create", event, { id: 1 }, signing),
};

function byStandard(type: string, event: string, data: object, { secret, at }: Signing): Signed {
  const body = JSON.stringify({ type, timestamp: iso(at), data });
  return {
    body,
    headers: {
      "webhook-id": event,
      "webhook-timestamp": String(seconds(at)),
      "webhook-signature": new Webhook(secret).sign(event, new Date(at), body),
    },
  };
}

const standardPlayer: Player = {
  provider: "standard",
  keys: (secret) => ({ secret }),
  newSecret: () => `whsec_${randomBytes(24).toString("base64")}`,
  timed: true,
  header: "webhook-signature",
  paid: ({ number, amount, application, event }, signing) =>
    byStandard("order.paid", event, { reference: number, amount, currency: "CNY", application }, signing),
  refunded: ({ number, amount, event }, signing) =>
    byStandard("order.refunded", event, { reference: number, amount }, signing),
  other: (event, signing) => byStandard("customer.updated", event, {}, signing),
};

export const PLAYERS: readonly Player[] = [stripePlayer, wechatpayPlayer, shopifyPlayer, standardPlayer];
