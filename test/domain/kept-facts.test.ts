import fc from "fast-check";
import { expect, test } from "vitest";
import type { Facts } from "../../src/domain/criteria/facts.ts";
import { shortFacts, wholeFacts } from "../../src/domain/criteria/kept-facts.ts";
import { factsOf } from "../support/facts.ts";

const orNull = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const number = fc.integer({ min: 0, max: 2 ** 48 });
const word = fc.string({ maxLength: 12 });
const order = fc.record({
  id: fc.constant("ord_00000000001"),
  source: word,
  reference: word,
  campaignId: fc.constant(null),
  amount: number,
  refunded: number,
  currency: fc.constant("CNY"),
  items: fc.array(fc.record({ product: word, amount: number }), { maxLength: 2 }),
  paidAt: number,
});

/** Facts of every kind, most of them as they usually are. */
const facts: fc.Arbitrary<Facts> = fc
  .record(
    {
      now: number,
      acknowledged: fc.boolean(),
      answers: fc.dictionary(word, fc.oneof(word, number, fc.boolean(), fc.array(word, { maxLength: 3 }))),
      accessCode: orNull(fc.constant({ found: null })),
      identityHash: word,
      identityType: fc.constantFrom("email" as const, "custom" as const),
      emailDomain: orNull(word),
      vouched: fc.boolean(),
      country: orNull(word),
      invitedBy: fc.constantFrom("member" as const, "channel" as const),
      scannedAt: orNull(number),
      human: orNull(fc.record({ ok: fc.boolean(), code: word })),
      applicationId: orNull(fc.constant("app_00000000001")),
      campaignBeganAt: number,
      firstSeenAt: orNull(number),
      profile: orNull(
        fc.record({
          level: orNull(number),
          tags: fc.array(word, { maxLength: 2 }),
          attributes: fc.dictionary(word, word),
          lastReadAt: orNull(number),
        }),
      ),
      orders: fc.array(order, { maxLength: 2 }),
      offeredOrder: orNull(fc.constant({ found: null })),
      contact: orNull(
        fc.record({
          verifiedAt: orNull(number),
          expiresAt: number,
          attemptsLeft: number,
          wrong: fc.boolean(),
        }),
      ),
      lists: fc.array(fc.constant("lst_00000000001"), { maxLength: 2 }),
      quotas: fc.array(fc.record({ key: word, period: word, used: number }), { maxLength: 2 }),
      inviter: orNull(fc.record({ depth: number, tags: fc.array(word, { maxLength: 2 }) })),
    },
    { requiredKeys: [] },
  )
  .map((given) => factsOf(given as Partial<Facts>));

const written = (value: object): object => JSON.parse(JSON.stringify(value)) as object;

test("facts that were kept are the facts again", () => {
  fc.assert(
    fc.property(facts, (all) => {
      const { identityHash, campaignId } = all;
      const kept = written(shortFacts(all));
      expect(wholeFacts(kept, { identityHash, campaignId })).toEqual(written(all));
    }),
    { numRuns: 500 },
  );
});

test("facts that a version before kept whole stay as they are", () => {
  fc.assert(
    fc.property(facts, (all) => {
      const whose = { identityHash: "another", campaignId: "cmp_00000000002" };
      expect(wholeFacts(written(all), whose)).toEqual(written(all));
    }),
  );
});

test("of somebody of whom little is known little is kept, and nothing of who they are", () => {
  const someone = factsOf({ now: 1_800_000_000_000, identityHash: "hash", emailDomain: "example.com" });
  const kept = JSON.stringify(shortFacts(someone));
  expect(kept).not.toContain("hash");
  expect(kept.length).toBeLessThan(JSON.stringify(someone).length / 3);
});
