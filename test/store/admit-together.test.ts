import fc from "fast-check";
import { expect, test } from "vitest";
import { STRATEGIES } from "../../src/domain/allocation.ts";
import type { Standing } from "../../src/store/join/standing.ts";
import { findDifferences } from "../../src/store/verify.ts";
import type { Clock } from "../support/ports.ts";
import { type Comer, LIMIT, openDoor, writtenIn } from "./admit-world.ts";
import { allocation } from "./seats-world.ts";

const START = Date.parse("2026-03-01T08:00:00Z");
const PEOPLE = 14;

const comer: fc.Arbitrary<Comer> = fc.record({
  person: fc.nat(PEOPLE - 1),
  by: fc.oneof(
    fc.constantFrom({ door: "poster" as const }, { door: "limited" as const }, { door: "revoked" as const }),
    fc.nat(PEOPLE - 1).map((of) => ({ of })),
  ),
  holder: fc.option(fc.nat(PEOPLE - 1), { nil: null }),
  ticket: fc.constantFrom(null, null, null, "t1", "t2", "t3"),
  stale: fc.integer({ min: 0, max: 9 }).map((n) => n === 9),
  lateMs: fc.constantFrom(0, 0, 0, 5, 2_000),
});

/** Somebody whom nothing keeps out, and who comes once. */
const plain = comer.map((one): Comer => ({
  ...one,
  by: "of" in one.by ? one.by : { door: "poster" },
  ticket: one.ticket && `${one.ticket} of ${one.person}`,
  stale: false,
  lateMs: 0,
}));

const rules = fc.record({
  strategy: fc.constantFrom(...STRATEGIES),
  confirm: fc.constantFrom("reveal" as const, "operator" as const),
  waits: fc.boolean(),
  rechecks: fc.boolean(),
});
type Rules = typeof rules extends fc.Arbitrary<infer R> ? R : never;

const byPerson = { selector: ({ person }: Comer) => person, maxLength: 8 };

/** Lets rounds of people in, each round at once, on two files: merged, and one by one. */
async function play(
  drawn: Rules,
  capacities: number[],
  rounds: Comer[][],
  look: (worlds: { merging: World; single: World }) => Promise<void>,
) {
  const clock: Clock = { now: START };
  const fallback = drawn.waits
    ? [{ kind: "waitlist" as const }]
    : [{ kind: "contact" as const, contact: "Lin" }];
  const how = allocation({ strategy: drawn.strategy, confirm: drawn.confirm, fallback });
  const merging = await openDoor(clock, capacities, how, { merging: true, rechecks: drawn.rechecks });
  const single = await openDoor(clock, capacities, how, { merging: false, rechecks: drawn.rechecks });
  try {
    for (const round of rounds) {
      clock.now += 60_000;
      for (const world of [merging, single]) await Promise.all(round.map(world.enter));
    }
    for (const { db } of [merging, single]) expect(await findDifferences(db)).toEqual([]);
    await look({ merging, single });
  } finally {
    await merging.close();
    await single.close();
  }
}
type World = Awaited<ReturnType<typeof openDoor>>;

/** What somebody was told, but for ids: each file has its own. And nobody who came in asks for the rest. */
function withoutIds({ participant, waiting, ticketTaken, ...rest }: Standing) {
  if (participant === null) return { participant, waiting, ticketTaken, ...rest };
  const { id: _, inviteId: __, parentId, group, ...own } = participant;
  return {
    participant: { ...own, isInvited: parentId !== null, group: group && { ...group, id: null } },
    waiting,
  };
}

test("plain joins that are written together write to the letter what each would have written alone", async () => {
  await fc.assert(
    fc.asyncProperty(
      rules,
      fc.array(fc.integer({ min: 2, max: 5 }), { minLength: 8, maxLength: 8 }),
      fc.array(fc.uniqueArray(plain, byPerson), { minLength: 1, maxLength: 3 }),
      async (drawn, capacities, rounds) => {
        // Who came before comes no more: a second try is no plain case.
        const came = new Set<number>();
        const fresh = rounds.map((round) =>
          round.filter(({ person }) => !came.has(person) && came.add(person)),
        );
        await play(drawn, capacities, fresh, async ({ merging, single }) => {
          expect(await writtenIn(merging.db)).toEqual(await writtenIn(single.db));
          expect(merging.counts).toEqual({ merged: fresh.flat().length, passedOver: 0 });
        });
      },
    ),
    { numRuns: 12 },
  );
});

test("whoever comes by themselves finds and leaves to the letter what the whole batch finds and leaves", async () => {
  const seen = { merged: 0, passedOver: 0 };
  const property = fc.asyncProperty(
    rules,
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    fc.array(comer, { minLength: 1, maxLength: 24 }),
    async (drawn, capacities, comers) => {
      const alone = comers.map((one) => [one]);
      await play(drawn, capacities, alone, async ({ merging, single }) => {
        expect(await writtenIn(merging.db)).toEqual(await writtenIn(single.db));
        expect(merging.standings.map(withoutIds)).toEqual(single.standings.map(withoutIds));
        seen.merged += merging.counts.merged;
        seen.passedOver += merging.counts.passedOver;
      });
    },
  );
  await fc.assert(property, { numRuns: 12 });
  expect(Math.min(seen.merged, seen.passedOver)).toBeGreaterThan(0);
});

test("scarce seats, last uses, shared tickets and second tries come out in number as one by one", async () => {
  const seen = { merged: 0, passedOver: 0 };
  const property = fc.asyncProperty(
    rules,
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    fc.array(fc.array(comer, { maxLength: 10 }), { minLength: 1, maxLength: 4 }),
    async (drawn, capacities, rounds) => {
      await play(drawn, capacities, rounds, async ({ merging, single }) => {
        const [mine, theirs] = [await writtenIn(merging.db), await writtenIn(single.db)];
        const used = (written: string[][]) =>
          written[3]?.map((row) => (JSON.parse(row) as [string, number])[1]).reduce((a, b) => a + b, 0);
        expect(used(mine)).toBe(used(theirs));
        const limited = mine[4]?.find((row) => row.startsWith('["limited"')) ?? "[0,0]";
        expect((JSON.parse(limited) as [string, number])[1]).toBeLessThanOrEqual(LIMIT);
        seen.merged += merging.counts.merged;
        seen.passedOver += merging.counts.passedOver;
      });
    },
  );
  // Of two tries of one person the first spends its ticket, also where only the second is a plain case.
  const by = { of: 0 };
  const first = { person: 2, by, holder: null, ticket: "t1", stale: false, lateMs: 2000 };
  const rounds = [[first, { ...first, ticket: null, lateMs: 0 }], [{ ...first, person: 0, lateMs: 0 }]];
  const drawn = { strategy: "in_order", confirm: "reveal", waits: false, rechecks: false } as const;
  await fc.assert(property, { numRuns: 13, examples: [[drawn, [2], rounds as never]] });
  for (let more = 0; more < 50 && Object.values(seen).includes(0); more++)
    await fc.assert(property, { numRuns: 1 });
  expect(seen.merged).toBeGreaterThan(0);
  expect(seen.passedOver).toBeGreaterThan(0);
});
