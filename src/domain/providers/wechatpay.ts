import { z } from "zod";
import { fromBase64, joined, utf8 } from "../bytes.ts";
import { amount } from "../order.ts";
import { publicKeyOf } from "./certificate.ts";
import { applicationIn, badSignature, demandTimely, instantOf, jsonOf, shaped } from "./common.ts";
import type { Provider, ProviderEvent, SourceKeys, WebhookCrypto } from "./types.ts";

const text = z.string().min(1).max(200);

const notice = z.object({
  id: text,
  event_type: z.string(),
  resource: z.object({
    algorithm: z.literal("AEAD_AES_256_GCM"),
    ciphertext: z.string(),
    nonce: z.string().max(64),
    associated_data: z.string().max(64).default(""),
  }),
});
type Notice = z.output<typeof notice>;

const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .default("CNY");

const transaction = z.object({
  out_trade_no: text,
  trade_state: z.string(),
  attach: z.string().nullish(),
  success_time: z.string().nullish(),
  amount: z.object({ total: amount, currency }),
});

const refund = z.object({
  out_trade_no: text,
  refund_id: text,
  refund_status: z.string(),
  amount: z.object({ refund: amount }),
});

const KEY_BYTES = 32;

/** What is encrypted for the merchant: with a key of their own, so nobody else's notice opens. */
async function opened(crypto: WebhookCrypto, keys: SourceKeys, { resource }: Notice): Promise<unknown> {
  const { nonce, associated_data, ciphertext } = resource;
  const sealed = fromBase64(ciphertext);
  const plain = sealed && (await crypto.open(utf8(keys.secret), utf8(nonce), utf8(associated_data), sealed));
  if (!plain) throw badSignature();
  return jsonOf(plain);
}

function paid(id: string, resource: unknown): ProviderEvent {
  const found = shaped(transaction, resource, "/resource");
  if (found.trade_state !== "SUCCESS") return { effect: "ignored", event: id };
  const order = {
    reference: found.out_trade_no,
    application: applicationIn(found.attach),
    amount: found.amount.total,
    currency: found.amount.currency,
    items: [],
    paidAt: instantOf(found.success_time),
  };
  return { effect: "paid", order, key: found.out_trade_no };
}

function refunded(id: string, resource: unknown): ProviderEvent {
  const found = shaped(refund, resource, "/resource");
  if (found.refund_status !== "SUCCESS") return { effect: "ignored", event: id };
  const event = `refund:${found.refund_id}`;
  return { effect: "refunded", event, key: found.out_trade_no, amount: found.amount.refund };
}

/** WeChat Pay (微信支付), API v3. */
export const wechatpay: Provider = {
  label: "WeChat Pay",
  strict: false,
  keys: ({ secret, publicKeys }) => {
    const faults = [];
    if (secret === undefined || utf8(secret).length !== KEY_BYTES)
      faults.push({ path: "/secret", code: "custom", message: "is the APIv3 key, 32 characters" });
    if (publicKeys.length === 0)
      faults.push({
        path: "/publicKeys",
        code: "custom",
        message: "has WeChat Pay's public keys, by serial",
      });
    const keys = publicKeys.map(({ serial, pem }, i) => {
      const key = publicKeyOf(pem);
      const path = `/publicKeys/${i}/pem`;
      if (key === null)
        faults.push({ path, code: "custom", message: "is no RSA public key or certificate in PEM" });
      return { serial, key: key ?? "" };
    });
    return faults.length > 0 ? { faults } : { keys: { secret: secret ?? "", publicKeys: keys } };
  },
  read: async (crypto, keys, { body, header, now }) => {
    const time = header("Wechatpay-Timestamp") ?? "";
    const serial = (header("Wechatpay-Serial") ?? "").toUpperCase();
    const known = keys.publicKeys.find((one) => one.serial.toUpperCase() === serial);
    const key = fromBase64(known?.key ?? "");
    const signature = fromBase64(header("Wechatpay-Signature") ?? "");
    const head = utf8(`${time}\n${header("Wechatpay-Nonce") ?? ""}\n`);
    const good =
      known !== undefined &&
      key &&
      signature &&
      (await crypto.rsa(key, signature, joined([head, body, utf8("\n")])));
    if (!good) throw badSignature();
    demandTimely(time, now);
    const told = shaped(notice, jsonOf(body));
    const { event_type: type, id } = told;
    if (type === "TRANSACTION.SUCCESS") return paid(id, await opened(crypto, keys, told));
    if (type === "REFUND.SUCCESS") return refunded(id, await opened(crypto, keys, told));
    return { effect: "ignored", event: id };
  },
};
