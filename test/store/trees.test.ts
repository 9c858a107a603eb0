import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TreeNode } from "../../src/domain/tree.ts";
import type { Call } from "../../src/services/call.ts";
import { readLocalCentres } from "../../src/services/centres.ts";
import { readGenerations } from "../../src/services/generations.ts";
import { moveParticipant } from "../../src/services/standing.ts";
import * as trees from "../../src/services/trees.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import * as model from "./tree-model.ts";
import type { Person } from "./tree-model.ts";
import { history, play } from "./tree-play.ts";

const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
let trips = 0;
beforeAll(async () => {
  opened = await openPorts(clock);
  const db = opened.ports.db.counted(() => trips++);
  call = { ...opened.call, ports: { ...opened.ports, db } };
});
afterAll(() => opened.close());

const idsOf = (people: readonly { id: string }[]) => people.map(({ id }) => id);

/** A read that is one round trip. */
async function once<T>(read: () => Promise<T>): Promise<T> {
  trips = 0;
  const answer = await read();
  expect(trips).toBe(1);
  return answer;
}

/** All pages of a list, on and back: what they hold together. */
async function walk<T>(
  read: (cursor: string | undefined) => Promise<{ data: T[]; next: string | null; previous: string | null }>,
): Promise<T[]> {
  const pages = [await once(() => read(undefined))];
  for (let next = pages[0]?.next ?? null; next !== null;) {
    const page = await once(() => read(next as string));
    pages.push(page);
    next = page.next;
  }
  const back: T[][] = [];
  for (let previous = pages.at(-1)?.previous ?? null; previous !== null;) {
    const page = await once(() => read(previous as string));
    back.unshift(page.data);
    previous = page.previous;
  }
  expect(back).toEqual(pages.slice(0, -1).map(({ data }) => data));
  return pages.flatMap(({ data }) => data);
}

/** Every page of a tree: nobody twice, nobody missing, the nearest first, and `more` where there is more. */
async function checkTree(person: Person, people: Person[], depth: number, limit: number) {
  const expected = model.belowOf(person, people).filter(({ level }) => level <= depth);
  const seen = new Set([person.id]);
  let cursor: string | undefined;
  for (let page = 1; ; page++) {
    const ask = { depth: page % 2 === 1 ? depth : undefined, limit, cursor };
    if (cursor === undefined) ask.depth = depth;
    const tree = await once(() => trees.readTree(call, person.id, ask));
    expect(tree).toMatchObject({
      participant: { id: person.id },
      direct: model.directOf(person, people),
      team: model.teamOf(person, people),
    });
    for (const { participant } of tree.children) expect(participant.inviterId).toBe(person.id);
    for (const { participant } of tree.branches) expect(seen).toContain(participant.inviterId);
    const here: TreeNode<{ id: string; inviterId: string | null }>[] = [];
    const open: (typeof here)[number][] = [...tree.children, ...tree.branches];
    for (let node = open.shift(); node !== undefined; node = open.shift()) {
      here.push(node);
      for (const child of node.children) expect(child.participant.inviterId).toBe(node.participant.id);
      open.push(...node.children);
    }
    const ids = new Set(here.map(({ participant }) => participant.id));
    for (const node of here) {
      const of = people.find(({ id }) => id === node.participant.id) as Person;
      expect(node.more).toBe(model.childrenOf(of, people).some(({ id }) => !ids.has(id)));
      expect(node.team).toBe(model.teamOf(of, people));
    }
    for (const id of ids) {
      expect(seen).not.toContain(id);
      seen.add(id);
    }
    if (page === 1) {
      const nearest = expected.toSorted((a, b) => a.level - b.level || a.person.nth - b.person.nth);
      expect([...ids].sort()).toEqual(idsOf(nearest.slice(0, limit).map((row) => row.person)).sort());
    }
    expect(ids.size).toBe(Math.min(limit, expected.length - (seen.size - 1 - ids.size)));
    if (tree.next === null) break;
    cursor = tree.next;
  }
  expect([...seen].sort()).toEqual([person.id, ...idsOf(expected.map((row) => row.person))].sort());
}

async function checkGenerations(person: Person, people: Person[], levels: number, part: number) {
  const sums = new Map<number, model.Generation>();
  let cursor: string | undefined;
  do {
    const bounds = { part, parts: 2 };
    const answer = await readGenerations(call, person.id, { levels, cursor }, bounds);
    if (cursor !== undefined)
      expect(answer.data.length + (answer.deeper === null ? 0 : 1)).toBeGreaterThan(0);
    const rows = answer.deeper === null ? [] : [{ level: levels + 1, ...answer.deeper }];
    for (const { level, ...row } of [...answer.data, ...rows]) {
      const sum = sums.get(level) ?? { people: 0, qualified: 0, present: 0 };
      for (const key of ["people", "qualified", "present"] as const) sum[key] += row[key];
      sums.set(level, sum);
    }
    cursor = answer.next ?? undefined;
  } while (cursor !== undefined);
  for (let level = 1; level <= levels + 1; level++) {
    const expected = model.generation(person, people, (one) =>
      level > levels ? one >= level : one === level,
    );
    expect(sums.get(level) ?? null).toEqual(expected);
  }
}

async function checkExport(person: Person, people: Person[], limit: number) {
  const lines: trees.ExportLine[] = [];
  let cursor: string | undefined;
  do {
    const page = await once(() => trees.exportSubtree(call, person.id, { limit, cursor }));
    expect(page.data.length).toBeGreaterThan(0);
    lines.push(...page.data);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  const depth = model.aboveOf(person).length;
  expect(lines).toEqual(
    model.branchesOf(person, people).map((one) => ({
      id: one.id,
      inviterId: one.inviter?.id ?? null,
      level: model.aboveOf(one).length - depth,
      displayName: one.name,
      direct: model.directOf(one, people),
      team: model.teamOf(one, people),
      status: model.statusOf(one),
    })),
  );
}

async function checkCentres(campaignId: string, people: Person[], by: "direct" | "team") {
  const centres = await once(() => readLocalCentres(call, campaignId, { by, limit: 3 }));
  const invited = people.filter(({ inviter }) => inviter !== null);
  const counted = invited.filter(model.counts).length;
  const brought = people.map((person) => model.directOf(person, people)).sort((a, b) => b - a);
  const inviters = brought.filter((n) => n > 0);
  const tenth = inviters.slice(0, Math.ceil(inviters.length / 10)).reduce((a, b) => a + b, 0);
  const [n, most] = [people.length, brought[0] ?? 0];
  const ratio = (numerator: number, denominator: number) => ({
    numerator,
    denominator,
    value: denominator === 0 ? null : numerator / denominator,
  });
  expect(centres).toMatchObject({
    people: n,
    excluded: invited.length - counted,
    invited: ratio(invited.length, n),
    organic: ratio(n - invited.length, n),
    topTenth: ratio(tenth, counted),
    centralisation: ratio(
      brought.reduce((sum, one) => sum + most - one, 0),
      (n - 1) * (n - 1),
    ),
  });
  const score = by === "team" ? model.teamOf : model.directOf;
  const hubs = people.filter((person) => !person.disqualified && score(person, people) > 0);
  const best = hubs.map((person) => score(person, people)).sort((a, b) => b - a);
  expect(centres.hubs.map((hub) => hub[by])).toEqual(best.slice(0, 3));
  for (const hub of centres.hubs) {
    const person = hubs.find(({ id }) => id === hub.participantId) as Person;
    const [direct, team] = [model.directOf(person, people), model.teamOf(person, people)];
    expect(hub).toMatchObject({ displayName: person.name, direct, team, cutOff: ratio(team, counted) });
  }
}

test("everything that is read of trees is what a naive model says", { timeout: 240_000 }, async () => {
  const some = fc.record({
    who: fc.nat(1000),
    to: fc.nat(1000),
    depth: fc.nat(7),
    limit: fc.integer({ min: 1, max: 15 }),
  });
  const property = fc.asyncProperty(
    history,
    fc.array(some, { minLength: 3, maxLength: 5 }),
    async (steps, asks) => {
      const { campaignId, people } = await play(call, clock, steps);
      for (const by of ["direct", "team"] as const) await checkCentres(campaignId, people, by);
      for (const { who, to, depth, limit } of asks) {
        const [person, other] = [people[who % people.length], people[to % people.length]] as [Person, Person];
        const { id } = person;
        const children = idsOf(model.childrenOf(person, people));
        const read = (order: "oldest" | "newest") => async (cursor?: string) => {
          const page = await trees.readChildren(call, id, { order, limit, cursor });
          return { ...page, data: idsOf(page.data) };
        };
        expect(await walk(read("oldest"))).toEqual(children);
        expect(await walk(read("newest"))).toEqual(children.toReversed());
        const above = async (cursor?: string) => {
          const page = await trees.readAncestors(call, id, { limit, cursor });
          return { ...page, data: idsOf(page.data) };
        };
        expect(await walk(above)).toEqual(idsOf(model.aboveOf(person)));
        for (const end of [other, null]) {
          const expected = model.pathOf(person, end ?? model.aboveOf(person).at(-1) ?? person);
          const path = async (cursor?: string) => {
            const { data, next, previous, ...rest } = await trees.readPathTo(call, id, {
              to: end?.id,
              limit,
              cursor,
            });
            expect(rest).toEqual({
              meetingId: expected?.meeting.id ?? null,
              up: expected?.up ?? null,
              down: expected?.down ?? null,
            });
            return { data: idsOf(data), next, previous };
          };
          expect(await walk(path)).toEqual(idsOf(expected?.line ?? []));
        }
        await checkTree(person, people, depth, limit);
        await checkGenerations(person, people, Math.max(1, depth), limit);
        await checkExport(person, people, limit);
      }
    },
  );
  await fc.assert(property, { numRuns: 100 });
});

test("who comes while a tree is paged is on no page twice, and hangs where it can be seen", async () => {
  const { people, join } = await play(call, clock, [{ deed: "join", who: 0, other: 0 }]);
  const [top] = people as [Person];
  const firsts = [await join(top), await join(top), await join(top)];
  for (const first of firsts) for (let i = 0; i < 2; i++) await join(first);
  const near = await trees.readTree(call, top.id, { depth: 5, limit: 5 });
  expect(near.children.map(({ children }) => children.length)).toEqual([2, 0, 0]);
  const read = (cursor?: string) => trees.readTree(call, top.id, { depth: 5, limit: 4, cursor });
  const seen = new Set([top.id]);
  let page = await read();
  const late = await join(top);
  await join(late);
  await join(firsts[2] as Person);
  for (;;) {
    const open = [...page.children, ...page.branches];
    for (const { participant } of open) expect(seen).toContain(participant.inviterId);
    for (let node = open.shift(); node !== undefined; node = open.shift()) {
      expect(seen).not.toContain(node.participant.id);
      seen.add(node.participant.id);
      open.push(...node.children);
    }
    if (page.next === null) break;
    page = await read(page.next);
  }
  expect([...seen].sort()).toEqual(idsOf(people).sort());
});

test("a page that would begin behind somebody who was moved away is refused", async () => {
  const { people, join } = await play(call, clock, [{ deed: "join", who: 0, other: 0 }]);
  const [top] = people as [Person];
  const branch = await join(top);
  const below = [await join(branch), await join(branch), await join(branch)];
  const cause = { cause: "as the test says" };
  const tree = (cursor?: string) => trees.readTree(call, top.id, { depth: 5, limit: 1, cursor });
  const second = await tree((await tree()).next as string);
  expect(second.branches[0]?.participant.id).toBe(below[0]?.id);
  const exported = async (cursor?: string) => trees.exportSubtree(call, top.id, { limit: 3, cursor });
  const { next } = await exported();
  await moveParticipant(call, branch.id, { inviterId: null, ...cause });
  for (const read of [() => tree(second.next as string), () => exported(next as string)])
    await expect(read()).rejects.toMatchObject({ code: "invalid_request" });
  await moveParticipant(call, branch.id, { inviterId: top.id, ...cause });
  expect((await tree(second.next as string)).branches[0]?.participant.id).toBe(below[1]?.id);
  expect(idsOf((await exported(next as string)).data)).toEqual(idsOf(below.slice(1)));
});
