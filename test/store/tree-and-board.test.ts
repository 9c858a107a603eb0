import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MetricKind } from "../../src/domain/metrics/index.ts";
import type { TreeNode } from "../../src/domain/tree.ts";
import type { Call } from "../../src/services/call.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { type BoardLine, readLeaderboard } from "../../src/services/boards.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { readAncestors, readTree } from "../../src/services/trees.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";

/** Who joined by whom and when, kept by a model that knows nothing of the product's code. */
type Person = { name: string; id: string; code: string; parent: Person | null; at: number };

const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(() => opened.close());

/** A step: who (by number) joins by whose invite, after how many milliseconds. Repeats are retries. */
const history = fc.array(
  fc.record({ who: fc.nat(25), by: fc.nat(12), wait: fc.constantFrom(0, 0, 1, 1000) }),
  { minLength: 1, maxLength: 45 },
);

async function play(steps: { who: number; by: number; wait: number }[]) {
  const { campaign, invite } = await openCampaign(call, [1000]);
  const people: Person[] = [];
  for (const { who, by, wait } of steps) {
    clock.now += wait;
    const parent = by === 0 ? null : (people[(by - 1) % Math.max(people.length, 1)] ?? null);
    const identity = { type: "custom" as const, value: `person ${who}` };
    const input = { invite: parent?.code ?? invite.code, identity, acknowledged: true, answers: {} };
    const { outcome, participant } = await joinByServer(call, campaign.id, input, "en");
    const known = people.find(({ name }) => name === identity.value);
    expect(outcome).toBe(known ? "already_joined" : "joined");
    if (known) expect(participant?.id).toBe(known.id);
    else {
      const { id, inviteCode } = participant as NonNullable<typeof participant>;
      people.push({ name: identity.value, id, code: inviteCode as string, parent, at: clock.now });
    }
  }
  return { campaign, people };
}

const below = (person: Person, people: Person[]): Person[] =>
  people.filter((other) => {
    for (let up = other.parent; up !== null; up = up.parent) if (up === person) return true;
    return false;
  });

/** The board as a person would work it out on paper. */
function expectedBoard(people: Person[], metric: MetricKind) {
  const rows = people.flatMap((person) => {
    const counted =
      metric !== "team" ? people.filter(({ parent }) => parent === person) : below(person, people);
    const reachedAt = Math.max(...counted.map(({ at }) => at));
    return counted.length === 0 ? [] : [{ id: person.id, score: counted.length, reachedAt }];
  });
  rows.sort((a, b) => b.score - a.score || a.reachedAt - b.reachedAt || (a.id < b.id ? -1 : 1));
  return rows.map((row) => ({ ...row, rank: 1 + rows.filter(({ score }) => score > row.score).length }));
}

const plain = ({ participant, score, reachedAt, rank }: BoardLine) => ({
  id: participant.id,
  score,
  reachedAt,
  rank,
});

const shape = ({ participant, direct, team, children }: Omit<TreeNode<{ id: string }>, "more">): unknown => ({
  id: participant.id,
  direct,
  team,
  children: children.map(shape),
});

const expectedTree = (person: Person, people: Person[]): unknown => {
  const children = people.filter(({ parent }) => parent === person);
  return {
    id: person.id,
    direct: children.length,
    team: below(person, people).length,
    children: children.map((child) => expectedTree(child, people)),
  };
};

test("trees, ancestors, scores and ranks are what a naive model says", { timeout: 120_000 }, async () => {
  const property = fc.asyncProperty(history, fc.integer({ min: 1, max: 4 }), async (steps, limit) => {
    const { campaign, people } = await play(steps);
    await foldCampaign(call.ports, campaign.id);
    for (const person of people.filter(({ parent }) => parent === null)) {
      const tree = await readTree(call, person.id, { depth: 100, limit: 1000 });
      expect(shape(tree)).toEqual(expectedTree(person, people));
    }
    const last = people.at(-1) as Person;
    const line: string[] = [];
    for (let up = last.parent; up !== null; up = up.parent) line.push(up.id);
    expect((await readAncestors(call, last.id, { limit: 1000 })).data.map(({ id }) => id)).toEqual(line);

    for (const metric of ["direct", "team"] as const) {
      const expected = expectedBoard(people, metric);
      const forwards: BoardLine[] = [];
      let cursor: string | undefined;
      let lastCursor: string | null = null;
      do {
        const page = await readLeaderboard(call, campaign.id, { metric, limit, cursor });
        forwards.push(...page.data);
        lastCursor = page.previous;
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(forwards.map(plain)).toEqual(expected);

      // Back from the last page, everything before it comes again.
      const backwards: BoardLine[] = [];
      while (lastCursor !== null) {
        const page = await readLeaderboard(call, campaign.id, { metric, limit, cursor: lastCursor });
        backwards.unshift(...page.data);
        lastCursor = page.previous;
      }
      expect(backwards.map(plain)).toEqual(expected.slice(0, backwards.length));
      const lastPage = ((expected.length - 1) % limit) + 1;
      expect(backwards).toHaveLength(Math.max(0, expected.length - lastPage));

      const { around } = await readLeaderboard(call, campaign.id, { metric, limit, around: last.id });
      const at = expected.findIndex(({ id }) => id === last.id);
      const unranked = { id: last.id, score: 0, reachedAt: null, rank: expected.length + 1 };
      expect(around?.map(plain)).toEqual(
        at < 0 ? [...expected.slice(-5), unranked] : expected.slice(Math.max(0, at - 5), at + 6),
      );
    }
  });
  await fc.assert(property, { numRuns: 60 });
  expect(await findDifferences(call.ports.db)).toEqual([]);
});
