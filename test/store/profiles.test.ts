import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MemberPatch } from "../../src/domain/profile.ts";
import type { Call } from "../../src/services/call.ts";
import { createCommunity } from "../../src/services/communities.ts";
import { putMembers } from "../../src/services/members.ts";
import { COMMUNITY } from "../support/api.ts";
import { type Clock, openPorts } from "../support/ports.ts";

const BEGIN = Date.parse("2026-03-01T08:00:00Z");
const clock: Clock = { now: BEGIN };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(() => opened.close());

/** What is known of a person, on paper. */
type Paper = { level: number | null; tags: string[]; attributes: object; lastReadAt: number | null };

const MAX_TAGS = 50;

function told(known: Paper, patch: MemberPatch, now: number): Paper {
  const tags = new Set(patch.tags ?? known.tags);
  for (const tag of patch.addTags ?? []) tags.add(tag);
  for (const tag of patch.removeTags ?? []) tags.delete(tag);
  const read = patch.lastReadAt === undefined ? known.lastReadAt : Math.min(patch.lastReadAt, now);
  return {
    level: patch.level === undefined ? known.level : patch.level,
    tags: [...tags].sort((a, b) => (a < b ? -1 : 1)),
    attributes: patch.attributes ?? known.attributes,
    lastReadAt: read === null ? null : Math.max(read, known.lastReadAt ?? 0),
  };
}

const aTag = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("a", "b", "vip", "老师", "o'clock", '"', "[]", "null", "1") },
  fc.integer({ min: 0, max: 70 }).map((n) => `t${n}`),
);
const tags = fc.array(aTag, { maxLength: 30 });
const aPatch: fc.Arbitrary<MemberPatch> = fc.record(
  {
    level: fc.option(fc.nat(9), { nil: null }),
    tags,
    addTags: tags,
    removeTags: tags,
    attributes: fc.dictionary(
      fc.string({ maxLength: 5 }),
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
      ),
      { maxKeys: 3 },
    ),
    lastReadAt: fc.integer({ min: BEGIN - 1000, max: BEGIN + 100_000 }),
  },
  { requiredKeys: [] },
);
/** One request: rows, each of one of a few people. */
const aRequest = fc.array(fc.tuple(fc.nat(5), aPatch), { minLength: 1, maxLength: 6 });

test("profiles are what a naive model says, and a refused request changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aRequest, { maxLength: 8 }), async (requests) => {
      const { id } = await createCommunity(call, { ...COMMUNITY, commercialIntent: "none" });
      const paper = new Map<number, Paper>();
      const at = (who: number): Paper =>
        paper.get(who) ?? { level: null, tags: [], attributes: {}, lastReadAt: null };
      for (const request of requests) {
        clock.now += 1000;
        const members = request.map(([who, patch]) => ({
          identity: { type: "custom" as const, value: `person ${who}` },
          ...patch,
        }));
        const after = request.map(([who, patch]) => told(at(who), patch, clock.now));
        const faults = request.flatMap(([who], row) => {
          if (request.findIndex(([other]) => other === who) < row) return [[`/members/${row}`, "duplicate"]];
          return (after[row] as Paper).tags.length > MAX_TAGS ? [[`/members/${row}`, "too_many_tags"]] : [];
        });
        const answer = await putMembers(call, id, { members }).catch((error) => error);
        if (faults.length > 0) {
          expect(answer.errors.map((one: { path: string; code: string }) => [one.path, one.code])).toEqual(
            faults,
          );
          continue;
        }
        const plain = (one: Paper) => ({ ...one, attributes: JSON.parse(JSON.stringify(one.attributes)) });
        expect(answer).toMatchObject(after.map(plain));
        expect(answer.map((one: Paper) => one.attributes)).toEqual(after.map((one) => plain(one).attributes));
        request.forEach(([who], row) => paper.set(who, after[row] as Paper));
        const before = clock.now;
        clock.now += 1000;
        // Said twice, it stands as it did, and is no change: but for a time of reading that was ahead.
        const again = await putMembers(call, id, { members });
        for (const { updatedAt } of again) expect(updatedAt).toBeLessThanOrEqual(before);
        request.forEach(([who, patch]) => paper.set(who, told(at(who), patch, clock.now)));
      }
    }),
    { numRuns: 40 },
  );
});
