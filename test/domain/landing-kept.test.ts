import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LOCALES } from "../../src/domain/text.ts";
import { LandingPage, type Own, type Props } from "../../src/http/pages/landing.tsx";
import { landingHtml } from "../../src/http/pages/landing-kept.ts";
import type { About } from "../../src/store/arrival.ts";

type Words = { name: string; purpose: string; rule: string; asks?: boolean };

/** What has a part of the form of its own. */
const CHECKS = [{ kind: "verifiedContact", types: ["email"] }, { kind: "human" }];

const about = (words: Words): About => ({
  campaign: {
    id: "cmp_00000000001",
    name: words.name,
    type: "event",
    status: "published",
    startsAt: null,
    endsAt: 1_800_000_000_000,
    timezone: "Asia/Shanghai",
    beganAt: 0,
    gateVersion: 1,
    settings: {} as About["campaign"]["settings"],
  },
  gate: {
    all: [
      { kind: "answer", field: "role", label: words.rule, op: "answered" },
      ...(words.asks ? CHECKS : []),
    ],
  } as About["gate"],
  community: {
    id: "com_00000000001",
    name: words.name,
    purpose: words.purpose,
    organiser: { name: words.name },
    goal: null,
    values: [words.rule],
    rules: [words.rule],
    commercialIntent: "none",
    locale: null,
    imageUrl: null,
  },
});

const own: Own = {
  code: "23456789bcd",
  ticket: "0123",
  path: "/i/23456789bcd",
  inviter: null,
  seatsLeft: "7",
  challenge: null,
  nonce: null,
  contact: null,
  pass: null,
};

const whole = (props: Props): string => String(LandingPage(props) as unknown as { toString: () => string });
const kept = (props: Props): string => new TextDecoder().decode(landingHtml(props));

/** Texts that could break a page or a pattern: markup, references, Chinese, and the pattern's own marks. */
const nasty = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(`<b>&"'`, "$& $1 ${x}", "早餐会", "\u0001ticket\u0002", "\u0001", "\u0002", "&amp;"),
);

describe("a landing page whose common parts are kept", () => {
  test("is the page itself, for any texts and any visitor, the first time and later", () => {
    const texts = fc.record({ name: nasty, purpose: nasty, rule: nasty, asks: fc.boolean() });
    const visitor = fc.record({
      code: nasty,
      ticket: nasty,
      path: nasty,
      inviter: fc.option(nasty),
      seatsLeft: fc.nat().map(String),
      challenge: fc.option(nasty),
      nonce: fc.option(nasty),
      contact: fc.option(nasty),
      pass: fc.option(nasty),
    });
    const shape = fc.record({
      locale: fc.constantFrom(...LOCALES),
      full: fc.boolean(),
      identity: fc.constantFrom("email", "phone", "wechat"),
      human: fc.constantFrom(null, { by: "proof", difficulty: 12 }, { by: "turnstile", difficulty: 8 }),
    });
    const property = fc.property(
      texts,
      fc.array(fc.tuple(visitor, shape), { maxLength: 6 }),
      (words, visits) => {
        const one = about(words);
        for (const [own, shape] of visits) {
          const props = { about: one, own, ...shape } as Props;
          expect(kept(props)).toBe(whole(props));
        }
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  test("keeps nothing of a visitor for the next one", () => {
    const one = about({ name: "N", purpose: "P", rule: "R" });
    const page = (mine: Partial<Own>) =>
      kept({
        about: one,
        own: { ...own, ...mine },
        human: null,
        locale: "en",
        full: false,
        identity: "email",
      });
    expect(page({ ticket: "mine1", inviter: "Anna", pass: "/p/anna1" })).toContain("mine1");
    const other = page({ ticket: "mine2", inviter: "Bert", pass: "/p/bert2" });
    expect(other).not.toMatch(/mine1|Anna|anna1/);
    expect(other).toMatch(/mine2/);
    expect(page({})).not.toMatch(/mine|Anna|Bert|\/p\//);
  });
});
