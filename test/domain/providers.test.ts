import { createHmac, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHex, utf8 } from "../../src/domain/bytes.ts";
import { minorUnits } from "../../src/domain/money.ts";
import { Problem } from "../../src/domain/problem.ts";
import { publicKeyOf } from "../../src/domain/providers/certificate.ts";
import { applicationIn } from "../../src/domain/providers/common.ts";
import { providerOf } from "../../src/domain/providers/index.ts";
import { webhookCrypto } from "../../src/runtime/webhook-crypto.ts";

/** Made by openssl for this test; its key is thrown away. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIDdTCCAl2gAwIBAgIUecIa44f4u05sIf4aaf/pn8Qez6cwDQYJKoZIhvcNAQEL
BQAwSTELMAkGA1UEBhMCQ04xEzARBgNVBAoMClRlbnBheS5jb20xJTAjBgNVBAMM
HFRlbnBheS5jb20gUm9vdCBDQSBmb3IgdGVzdHMwIBcNMjYxMTIxMTYwOTMzWhgP
MjEyNjEwMjgxNjA5MzNaMEkxCzAJBgNVBAYTAkNOMRMwEQYDVQQKDApUZW5wYXku
Y29tMSUwIwYDVQQDDBxUZW5wYXkuY29tIFJvb3QgQ0EgZm9yIHRlc3RzMIIBIjAN
BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAw7QpGPPPG4QA2m2mCEyCS8pwMmZg
NaCvaWe18Y1tJhVzCMtn6EWniKJBiqFmI7XiIPEceKBT7UF4Mxyq0EnAsyxxGC62
KKV5Sgyo01kGdK6RCk5eSzT/CgdVvX8zF8RJn8K72Lldjm8nFashktHJQ4xa1VG5
t0RuijaFMBFSDJsfpskOWFzKdfbi+62AhlI1PWR0oZ6RYE3v5LBD3oKFaOKny0/H
1MzLyKHf0wgVScpzvMuAxAc2nsVLRbJZJN4RhcoV6+M7r2vGP1baRx7TIRZuo7mp
PDx2ljus/jhn2qDJFbjFQ7ZIsUVkO1fmFsKocuwzHzHL/A0Kw/2ipnPvWwIDAQAB
o1MwUTAdBgNVHQ4EFgQU/9WLUIBkB9jcH0jMBLNPVMrNUZ4wHwYDVR0jBBgwFoAU
/9WLUIBkB9jcH0jMBLNPVMrNUZ4wDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0B
AQsFAAOCAQEASaInaJQ7NFW1ivYH7GftNNiBFulP0h6Epj8oAhif3Vzi3WsBGv8B
b2KWMywtx4MA/gqu8RsZzofS8qG0H4h+tw/wlLvtIQesH1BIY0jCrz+8yL1kHbIE
HzIbv6OSgWYwOTVBmal5+icFDKhon0qJ8+jPqT6D+6cn9T20vtqdCGYBCU/PSEKS
eUYKoWBgo1fLuXeoD9LSXCQJybGlRr7CfDBVZr8BAQrCwJ6OZo11OsEcPkcuq25j
xgJpG60MLxZHN7h/pfR+XcTxjxQDDY0l51eYxrRmQl5CkxiokqFUHePOzVIdiRSk
G5w6aigLJZsr4Ios6Jzrvo3PGxxUOxXSSQ==
-----END CERTIFICATE-----`;

const hex = (text: string) => fromHex(text) ?? new Uint8Array();

describe("what signatures are checked with", () => {
  test("opens AES-256-GCM as its specification does (test case 16), and nothing that was altered", async () => {
    const key = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    const nonce = hex("cafebabefacedbaddecaf888");
    const extra = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const plain =
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    const sealed = hex(
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" +
        "76fc6ece0f4e1768cddf8853bb2d551b",
    );
    const opened = await webhookCrypto.open(key, nonce, extra, sealed);
    expect(Buffer.from(opened ?? []).toString("hex")).toBe(plain);
    for (const i of [0, 40, sealed.length - 1]) {
      const altered = sealed.slice();
      altered[i] = (altered[i] ?? 0) ^ 1;
      expect(await webhookCrypto.open(key, nonce, extra, altered)).toBeNull();
    }
    expect(await webhookCrypto.open(key, nonce, utf8("x"), sealed)).toBeNull();
    expect(await webhookCrypto.open(utf8("short"), nonce, extra, sealed)).toBeNull();
  });

  test("knows HMAC-SHA-256 as RFC 4231 has it (test case 2)", async () => {
    const signature = hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    const data = utf8("what do ya want for nothing?");
    expect(await webhookCrypto.hmac(utf8("Jefe"), signature, data)).toBe(true);
    expect(await webhookCrypto.hmac(utf8("Jefe"), signature.slice(0, 31), data)).toBe(false);
    expect(await webhookCrypto.hmac(utf8("jefe"), signature, data)).toBe(false);
    expect(await webhookCrypto.hmac(new Uint8Array(), signature, data)).toBe(false);
    expect(await webhookCrypto.rsa(utf8("no key"), signature, data)).toBe(false);
  });

  test("finds the public key in a certificate, and in PEM of its own", () => {
    const { publicKey } = new X509Certificate(CERTIFICATE);
    const spki = publicKey.export({ type: "spki", format: "der" }).toString("base64");
    expect(publicKeyOf(CERTIFICATE)).toBe(spki);
    expect(publicKeyOf(publicKey.export({ type: "spki", format: "pem" }).toString())).toBe(spki);
  });

  test("finds none in what is none, however it is cut or bent", () => {
    for (const text of [
      "",
      "x",
      CERTIFICATE.replaceAll("CERTIFICATE", "PRIVATE KEY"),
      "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    ])
      expect(publicKeyOf(text)).toBeNull();
    const der = Buffer.from(CERTIFICATE.replace(/-----[^-]+-----|\s/g, ""), "base64");
    const pem = (bytes: Buffer) =>
      `-----BEGIN CERTIFICATE-----\n${bytes.toString("base64")}\n-----END CERTIFICATE-----`;
    for (let length = 0; length < 400; length++) expect(publicKeyOf(pem(der.subarray(0, length)))).toBeNull();
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.nat(255), (at, byte) => {
        const bent = Buffer.from(der);
        bent[at] = byte;
        publicKeyOf(pem(bent));
      }),
    );
  });
});

test.each([
  ["199", "CNY", 19_900],
  ["199.9", "CNY", 19_990],
  ["199.90", "CNY", 19_990],
  ["0.01", "CNY", 1],
  ["199.900", "CNY", 19_990],
  ["199.901", "CNY", null],
  ["1000", "JPY", 1000],
  ["1000.00", "JPY", 1000],
  ["1000.5", "JPY", null],
  ["1.234", "KWD", 1234],
  ["-1", "CNY", null],
  ["1e3", "CNY", null],
  ["", "CNY", null],
  ["999999999999999", "CNY", null],
])("%s %s is %s in minor units", (decimal, currency, units) => {
  expect(minorUnits(decimal, currency)).toBe(units);
});

test("an application is found among whatever else a shop writes down", () => {
  expect(applicationIn("app_0h4k2m9x1qz")).toBe("app_0h4k2m9x1qz");
  expect(applicationIn("shop=3;qrove=app_0h4k2m9x1qz;x")).toBe("app_0h4k2m9x1qz");
  for (const text of ["", null, undefined, "app_", "app_zzzzzzzzzzz", "ptc_0h4k2m9x1qz"])
    expect(applicationIn(text)).toBeUndefined();
});

const SECRET = "a secret of the shop";

/** Reads what Shopify would sign: it signs nothing but the body. */
function fromShopify(topic: string, payload: unknown) {
  const body = utf8(JSON.stringify(payload));
  const headers: Record<string, string> = {
    "X-Shopify-Topic": topic,
    "X-Shopify-Webhook-Id": "w1",
    "X-Shopify-Hmac-Sha256": createHmac("sha256", SECRET).update(body).digest("base64"),
  };
  const delivery = { body, header: (name: string) => headers[name] ?? null, now: 0 };
  return providerOf("shopify").read(webhookCrypto, { secret: SECRET, publicKeys: [] }, delivery);
}

describe("an order of Shopify's", () => {
  const order = {
    id: 820982911946154508n.toString(),
    confirmation_number: "XPAV284CT",
    financial_status: "paid",
    total_price: "3500",
    currency: "JPY",
    note_attributes: [{ name: "qrove", value: "app_0h4k2m9x1qz" }],
    line_items: [
      { product_id: 7, sku: "A", price: "2000", quantity: 2, total_discount: "500" },
      {
        product_id: 9,
        sku: "B",
        price: "100",
        quantity: 1,
        total_discount: "0",
        discount_allocations: [{ amount: "30" }, { amount: "20.0" }],
      },
      { product_id: 8, sku: "", price: "0.00", quantity: 1 },
    ],
  };

  test("has its amounts in minor units, and each line for what was paid of it", async () => {
    expect(await fromShopify("orders/paid", order)).toEqual({
      effect: "paid",
      key: "820982911946154508",
      order: {
        reference: "XPAV284CT",
        application: "app_0h4k2m9x1qz",
        amount: 3500,
        currency: "JPY",
        items: [
          { product: "A", amount: 3500 },
          { product: "B", amount: 50 },
          { product: "8", amount: 0 },
        ],
        paidAt: undefined,
      },
    });
  });

  test("counts for nothing before its money came, nor does a refund of goods alone", async () => {
    const unpaid = await fromShopify("orders/paid", { ...order, financial_status: "pending" });
    expect(unpaid).toEqual({ effect: "ignored", event: "webhook:w1" });
    const transactions = [
      { kind: "refund", status: "failure", amount: "10.00", currency: "CNY" },
      { kind: "void", status: "success", amount: "10.00", currency: "CNY" },
    ];
    const refund = { id: 1, order_id: 2, transactions };
    expect(await fromShopify("refunds/create", refund)).toEqual({ effect: "ignored", event: "webhook:w1" });
  });

  test("is read or refused, whatever JSON is signed", async () => {
    const bodies = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.tuple(fc.constantFrom(...Object.keys(order)), fc.jsonValue({ maxDepth: 2 })).map(([key, value]) => ({
        ...order,
        [key]: value,
      })),
    );
    await fc.assert(
      fc.asyncProperty(bodies, fc.constantFrom("orders/paid", "refunds/create", "x"), async (body, topic) => {
        const read = await fromShopify(topic, body).catch((error: unknown) => error);
        if (read instanceof Error) expect(read).toBeInstanceOf(Problem);
        else expect(read).toHaveProperty("effect");
      }),
      { numRuns: 100 },
    );
  });
});
