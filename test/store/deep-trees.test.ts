import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeCursor } from "../../src/domain/page.ts";
import type { TreeNode } from "../../src/domain/tree.ts";
import type { Call } from "../../src/services/call.ts";
import { readLocalCentres } from "../../src/services/centres.ts";
import { readGenerations } from "../../src/services/generations.ts";
import * as trees from "../../src/services/trees.ts";
import { bringLineage, type Lineage } from "../support/lineage.ts";
import { openPorts } from "../support/ports.ts";

/** A line of people, each brought by the one before: what is quadratic in its length takes hours here. */
const LENGTH = 100_000;
const LAST = LENGTH - 1;

let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
let line: Lineage;
let trips = 0;
beforeAll(async () => {
  opened = await openPorts();
  line = await bringLineage(opened.call, LENGTH, (n) => (n === 0 ? null : n - 1));
  const db = opened.ports.db.counted(() => trips++);
  call = { ...opened.call, ports: { ...opened.ports, db } };
}, 300_000);
afterAll(() => opened.close());

const idsFrom = (first: number, last: number) =>
  Array.from({ length: Math.abs(last - first) + 1 }, (_, i) =>
    line.idOf(first < last ? first + i : first - i),
  );
const idsOf = (people: readonly { id: string }[]) => people.map(({ id }) => id);

test("the way up from the last goes to the first, page by page, and back", async () => {
  const id = line.idOf(LAST);
  const up: string[] = [];
  let cursor: string | undefined;
  let back: string | null = null;
  trips = 0;
  do {
    const page = await trees.readAncestors(call, id, { limit: 1000, cursor });
    up.push(...idsOf(page.data));
    back = page.previous;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect(trips).toBe(100);
  expect(up).toEqual(idsFrom(LAST - 1, 0));
  const before = await trees.readAncestors(call, id, { limit: 1000, cursor: back as string });
  expect(idsOf(before.data)).toEqual(idsFrom(1998, 999));
  expect(before.next).not.toBeNull();
  expect(before.previous).not.toBeNull();
});

test("the path between both ends has everybody on it, whichever page is asked for", async () => {
  for (const [from, to] of [
    [LAST, 0],
    [0, LAST],
  ] as const) {
    for (const place of [-1, 50_000, 99_500]) {
      const cursor = place < 0 ? undefined : encodeCursor({ direction: "after", key: String(place) });
      trips = 0;
      const path = await trees.readPathTo(call, line.idOf(from), { to: line.idOf(to), limit: 500, cursor });
      expect(trips).toBe(1);
      expect(path).toMatchObject({
        meetingId: line.idOf(0),
        up: from === LAST ? LAST : 0,
        down: from === LAST ? 0 : LAST,
      });
      const [first, last] = [place + 1, Math.min(place + 500, LAST)];
      expect(idsOf(path.data)).toEqual(
        from === LAST ? idsFrom(LAST - first, LAST - last) : idsFrom(first, last),
      );
      expect(path.next === null).toBe(last === LAST);
    }
  }
});

test("generations are told to the level that is asked for, all others together", async () => {
  trips = 0;
  const told = await readGenerations(call, line.idOf(0), { levels: 1000 });
  expect(trips).toBe(5);
  const one = { people: 1, qualified: 1, present: 1 };
  expect(told.data).toEqual(Array.from({ length: 1000 }, (_, i) => ({ level: i + 1, ...one })));
  const rest = LAST - 1000;
  expect(told).toMatchObject({ deeper: { people: rest, qualified: rest, present: rest }, next: null });
});

test("a tree's answer is never nested deeper than was asked for, and goes on from anywhere", async () => {
  for (const start of [0, 50_000, LAST - 20]) {
    const below = Math.min(100, LAST - start);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      trips = 0;
      const page = await trees.readTree(call, line.idOf(start), { depth: 100, limit: 40, cursor });
      expect(trips).toBe(1);
      expect(page.team).toBe(LAST - start);
      const open: TreeNode<{ id: string }>[] = [...page.children, ...page.branches];
      for (let node = open.pop(); node !== undefined; node = open.pop()) {
        seen.push(node.participant.id);
        open.push(...node.children);
      }
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(idsFrom(start + 1, start + below));
  }
});

test("an export has everybody, inviters before those whom they brought", async () => {
  let n = 0;
  let cursor: string | undefined;
  trips = 0;
  do {
    const page = await trees.exportSubtree(call, line.idOf(0), { limit: 5000, cursor });
    for (const row of page.data) {
      const expected = {
        id: line.idOf(n),
        inviterId: n === 0 ? null : line.idOf(n - 1),
        level: n,
        displayName: `person ${n}`,
        direct: n === LAST ? 0 : 1,
        team: LAST - n,
        status: n === 0 ? null : "qualified",
      };
      // A whole assertion a row would take longer than the export.
      if (JSON.stringify(row) !== JSON.stringify(expected)) expect(row).toEqual(expected);
      n++;
    }
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect(n).toBe(LENGTH);
  expect(trips).toBe(20);
});

test("the centres of a line: everything hangs on its first, and nobody is a hub of many", async () => {
  trips = 0;
  const centres = await readLocalCentres(call, line.campaignId, { by: "team", limit: 2 });
  expect(trips).toBe(1);
  expect(centres.hubs.map(({ team }) => team)).toEqual([LAST, LAST - 1]);
  expect(centres.hubs[0]?.cutOff).toMatchObject({ numerator: LAST, denominator: LAST, value: 1 });
  // One more who stands alone: the person after whom all others were made.
  expect(centres).toMatchObject({
    people: LENGTH + 1,
    organic: { numerator: 2, denominator: LENGTH + 1 },
    centralisation: { numerator: LENGTH + 1 - LAST, denominator: LENGTH * LENGTH, most: 1 },
    topTenth: { numerator: 10_000, denominator: LAST, hubs: 10_000 },
  });
});
