import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lackingOf } from "../../src/domain/abilities.ts";
import { contactWords, digitsOf } from "../../src/domain/contact.ts";
import type { ContactFact, Facts } from "../../src/domain/criteria/facts.ts";
import { evaluate } from "../../src/domain/evaluate.ts";
import { gate as gateSchema } from "../../src/domain/gate.ts";
import { parseConfig } from "../../src/runtime/config.ts";
import { factsOf } from "../support/facts.ts";

const NOW = 1_000_000;
const sent: ContactFact = { verifiedAt: null, expiresAt: NOW + 1, attemptsLeft: 5, wrong: false };

const judged = (config: object, facts: Partial<Facts>) => {
  const gate = gateSchema.parse({ kind: "verifiedContact", ...config });
  const leaf = evaluate(gate, factsOf({ now: NOW, identityType: "email", ...facts })).leaves.at(-1);
  return [leaf?.result, leaf?.judgement.code, leaf?.judgement.next?.kind ?? null];
};

describe("the criterion verifiedContact", () => {
  test.each([
    ["nothing was sent", {}, {}, ["pending", "contact_unverified", "contactCode"]],
    ["a code is on its way", {}, { contact: sent }, ["pending", "contact_unverified", "contactCode"]],
    [
      "one went out of date",
      {},
      { contact: { ...sent, expiresAt: 0 } },
      ["pending", "contact_unverified", "contactCode"],
    ],
    ["it came back", {}, { contact: { ...sent, verifiedAt: 5 } }, ["pass", "contact_verified", null]],
    ["a wrong one came", {}, { contact: { ...sent, wrong: true } }, ["fail", "contact_wrong", null]],
    [
      "too many came",
      {},
      { contact: { ...sent, wrong: true, attemptsLeft: 0 } },
      ["fail", "contact_attempts", null],
    ],
    [
      "an old one came",
      {},
      { contact: { ...sent, wrong: true, expiresAt: NOW } },
      ["fail", "contact_expired", null],
    ],
    [
      "a phone at a gate for e-mail",
      { types: ["email"] },
      { identityType: "phone" },
      ["fail", "contact_type", null],
    ],
    ["an ID at any such gate", {}, { identityType: "wechat" }, ["fail", "contact_type", null]],
    ["a server that is not trusted", {}, { vouched: true }, ["pending", "contact_unverified", "contactCode"]],
    [
      "a trusted server",
      { trustServer: true },
      { vouched: true, identityType: "custom" },
      ["pass", "contact_vouched", null],
    ],
    [
      "trust, at the public gate",
      { trustServer: true },
      {},
      ["pending", "contact_unverified", "contactCode"],
    ],
  ] as const)("where %s", (_name, config, facts, expected) => {
    expect(judged(config, facts)).toEqual(expected);
  });
});

describe("a code", () => {
  test("has six digits, and none is likelier than another", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
        const digits = digitsOf(bytes);
        const number = bytes.reduce((value, byte) => value * 256 + byte, 0);
        if (number >= 4_294_000_000) expect(digits).toBeNull();
        else expect(digits).toMatch(/^\d{6}$/);
      }),
    );
    expect(digitsOf(Uint8Array.of(0, 0, 0, 7))).toBe("000007");
  });

  test("comes in both languages, the person's own first, and leads nowhere", () => {
    const { subject, text } = contactWords("012345", "夜跑团", "zh-CN");
    expect(subject).toBe("您的验证码：012345 / Your code: 012345");
    expect(text.indexOf("验证码")).toBeLessThan(text.indexOf("is your code"));
    fc.assert(
      fc.property(
        fc.string({ maxLength: 120 }),
        fc.constantFrom("https://evil.example/x", "www.evil.example", "evil.com"),
        (name, link) => {
          expect(contactWords("012345", `${name}${link}`, "en").text).not.toContain("evil");
        },
      ),
    );
  });
});

describe("what a gate wants of the installation", () => {
  const gate = gateSchema.parse({
    any: [{ kind: "verifiedContact" }, { none: [{ kind: "human", by: "turnstile" }] }, { kind: "human" }],
  });

  test("is told once each, and nothing where it is there", () => {
    const codes = lackingOf(gate, new Set()).map(({ path, code }) => [path, code]);
    expect(codes).toEqual([
      ["/gate", "sender_missing"],
      ["/gate", "sender_missing"],
      ["/gate", "turnstile_missing"],
    ]);
    expect(lackingOf(gate, new Set(["email", "turnstile"])).map(({ message }) => message)).toEqual([
      expect.stringContaining("phones"),
    ]);
    expect(lackingOf(gate, new Set(["email", "phone", "turnstile"]))).toEqual([]);
    expect(lackingOf(null, new Set())).toEqual([]);
  });
});

describe("the settings of senders", () => {
  const secret = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;

  test.each([
    [{ SENDER_URL: "https://sms.example/send" }, "SENDER_SECRET"],
    [{ SENDER_URL: "http://sms.example/send", SENDER_SECRET: secret }, "SENDER_URL"],
    [{ SENDER_URL: "https://user:word@sms.example/", SENDER_SECRET: secret }, "SENDER_URL"],
    [{ SENDER_URL: "http://localhost.evil.example/", SENDER_SECRET: secret }, "SENDER_URL"],
    [{ SENDER_URL: "file:///etc/passwd", SENDER_SECRET: secret }, "SENDER_URL"],
    [{ SENDER_URL: "https://sms.example/send", SENDER_SECRET: "whsec_short" }, "SENDER_SECRET"],
    [{ SMTP_URL: "smtp://mail.example" }, "MAIL_FROM"],
    [{ SMTP_URL: "http://mail.example", MAIL_FROM: "a@b.example" }, "SMTP_URL"],
    [{ TURNSTILE_SECRET: "0x-hidden" }, "TURNSTILE_SITE_KEY"],
    [{ TURNSTILE_SECRET: "0x-hidden", TURNSTILE_SITE_KEY: '"><script>' }, "TURNSTILE_SITE_KEY"],
    [{ TURNSTILE_URL: "http://10.0.0.1/" }, "TURNSTILE_URL"],
  ])("are refused by name, never by value: %j", (env, name) => {
    expect(() => parseConfig(env)).toThrow(name);
    for (const value of Object.values(env)) expect(() => parseConfig(env)).not.toThrow(value);
  });

  test("are taken over TLS, and in the clear on this machine", () => {
    for (const url of [
      "https://sms.example/send",
      "http://localhost:9/x",
      "http://127.0.0.1:9",
      "http://[::1]:9",
    ]) {
      expect(parseConfig({ SENDER_URL: url, SENDER_SECRET: secret }).SENDER_URL).toBe(url);
    }
  });
});
