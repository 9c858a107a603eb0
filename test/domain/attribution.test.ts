import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  attribute,
  type AttributionRule,
  extendTrail,
  MAX_TRAIL,
  type Touch,
} from "../../src/domain/attribution.ts";

const NOW = Date.UTC(2026, 10, 21, 9);
const DAY = 86_400_000;

const link = (inviteId: string, daysAgo: number): Touch => ({
  inviteId,
  at: NOW - daysAgo * DAY,
  how: "link",
});
const typed = (inviteId: string): Touch => ({ inviteId, at: NOW, how: "typed" });
const credit = (rule: AttributionRule, earlier: Touch[], door: Touch) =>
  attribute(rule, earlier, door, NOW).inviteId;

const first = { model: "first_touch", windowDays: 30 } as const;
const last = { model: "last_touch", windowDays: 30 } as const;

describe("who is credited", () => {
  const trail = [link("old", 31), link("a", 30), link("b", 3), link("c", 1)];

  test.each([
    ["the first of the window, its edge included", first, trail, link("door", 0), "a"],
    ["the last", last, trail, link("door", 0), "door"],
    ["the last, where the door was opened before another link", last, trail, link("door", 2), "c"],
    ["the first of a shorter window", { ...first, windowDays: 2 }, trail, link("door", 0), "c"],
    ["the door, for want of others", first, [], link("door", 0), "door"],
    [
      "the door, where a page stood open beyond the window",
      last,
      [link("old", 50)],
      link("door", 40),
      "door",
    ],
    ["a typed code over every link", last, [...trail, typed("x")], link("door", 0), "x"],
    ["a typed code over the first link", first, [...trail, typed("x")], link("door", 0), "x"],
    ["the last typed code of two", first, [typed("x"), typed("y")], link("door", 0), "y"],
  ] as const)("%s", (_, rule, earlier, door, inviteId) => {
    expect(credit(rule, [...earlier], door)).toBe(inviteId);
  });

  test("a clock that is ahead makes nobody win", () => {
    expect(credit(last, [link("ahead", -5)], link("door", 0))).toBe("door");
    expect(credit(first, [link("ahead", -5), link("b", 1)], link("door", 0))).toBe("b");
  });
});

describe("what is kept of the arrivals", () => {
  test("nothing, where the door is the only one", () => {
    const door = link("door", 0);
    expect(attribute(last, [], door, NOW).touches).toBeNull();
    // The page that gave the ticket kept the same arrival in the browser, to the second.
    expect(attribute(last, [{ ...door, at: door.at - 900 }], door, NOW).touches).toBeNull();
  });

  test("a first look that was followed by another one within the second", () => {
    const [a, b] = [link("a", 0.00002), link("b", 0.00001)];
    const door = link("a", 0);
    expect(attribute(first, [a, b], door, NOW)).toEqual({ inviteId: "a", touches: [a, b, door] });
  });

  test("all of them with the door, oldest first, where there are others", () => {
    const [a, b, door] = [link("a", 90), link("b", 1), link("door", 2)];
    expect(attribute(last, [b, a], door, NOW).touches).toEqual([a, door, b]);
    expect(attribute(last, [typed("door")], door, NOW).touches).toEqual([door, typed("door")]);
  });
});

/** Arrivals on few invites, some of them at one instant, some out of the window, some ahead of the clock. */
const touch = fc.record({
  inviteId: fc.constantFrom("a", "b", "c", "d"),
  at: fc.integer({ min: -10, max: 400 }).map((hours) => NOW - hours * 3_600_000 * 3),
  how: fc.constantFrom("link", "link", "link", "link", "typed"),
}) satisfies fc.Arbitrary<Touch>;
const rule = fc.record({
  model: fc.constantFrom("first_touch", "last_touch"),
  windowDays: fc.integer({ min: 1, max: 60 }),
});

/** The rule once more, by pairwise comparison: `a` beats `b`, or is beaten. */
function naive({ model, windowDays }: AttributionRule, earlier: Touch[], door: Touch): string {
  const all = [...earlier, door];
  let best: { at: number; place: number; typed: boolean; inviteId: string } | null = null;
  for (let place = 0; place < all.length; place++) {
    const { at: said, how, inviteId } = all[place] as Touch;
    const at = said > NOW ? NOW : said;
    if (how === "link" && NOW - at > windowDays * DAY) continue;
    const one = { at, place, typed: how === "typed", inviteId };
    if (best === null) best = one;
    else if (one.typed !== best.typed) best = one.typed ? one : best;
    else {
      const later = one.at > best.at || (one.at === best.at && one.place > best.place);
      const wanted = one.typed || model === "last_touch" ? later : !later;
      if (wanted) best = one;
    }
  }
  return best?.inviteId ?? door.inviteId;
}

test("it is what a naive reading of the rules says", () => {
  fc.assert(
    fc.property(rule, fc.array(touch, { maxLength: 12 }), touch, (rules, earlier, door) => {
      const arrival: Touch = { ...door, how: "link" };
      expect(attribute(rules, earlier, arrival, NOW).inviteId).toBe(naive(rules, earlier, arrival));
    }),
    { numRuns: 5000 },
  );
});

test("what is kept decides the same again, under any rule", () => {
  fc.assert(
    fc.property(rule, rule, fc.array(touch, { maxLength: 12 }), touch, (then, now, earlier, door) => {
      const arrival: Touch = { ...door, how: "link" };
      const { touches } = attribute(then, earlier, arrival, NOW);
      const again = attribute(now, touches ?? [], arrival, NOW);
      expect(again.inviteId).toBe(attribute(now, earlier, arrival, NOW).inviteId);
    }),
    { numRuns: 5000 },
  );
});

describe("what a browser carries", () => {
  const HOUR = 3_600_000;

  test("one invite counts once an hour, and another one always", () => {
    const one = extendTrail([], "a", NOW) ?? [];
    expect(one).toEqual([{ inviteId: "a", at: NOW, how: "link" }]);
    expect(extendTrail(one, "a", NOW + HOUR - 1)).toBeNull();
    expect(extendTrail(one, "a", NOW + HOUR)).toHaveLength(2);
    const two = extendTrail(one, "b", NOW + 1) ?? [];
    expect(extendTrail(two, "a", NOW + 2)).toHaveLength(3);
  });

  test("the first and the latest stay", () => {
    let trail: Touch[] = [];
    for (let i = 0; i < 30; i++) trail = extendTrail(trail, `i${i}`, NOW + i) ?? [];
    expect(trail).toHaveLength(MAX_TRAIL);
    expect(trail.map(({ inviteId }) => inviteId)).toEqual([
      "i0",
      "i23",
      "i24",
      "i25",
      "i26",
      "i27",
      "i28",
      "i29",
    ]);
  });
});
