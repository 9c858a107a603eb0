import { expect, test } from "vitest";
import { readLocalCentres } from "../../src/services/centres.ts";
import { readGenerations } from "../../src/services/generations.ts";
import * as trees from "../../src/services/trees.ts";
import { bringLineage } from "../support/lineage.ts";
import { openPorts } from "../support/ports.ts";

/** All of them brought by one person: what is quadratic in their number takes days here. */
const SIZE = 1_000_000;

test("a star of a million: every page, every count, and no page dearer than the first", async () => {
  const { ports, call: bare, close } = await openPorts();
  const star = await bringLineage(bare, SIZE + 1, (n) => (n === 0 ? null : 0));
  const centre = star.idOf(0);
  let trips = 0;
  const call = { ...bare, ports: { ...ports, db: ports.db.counted(() => trips++) } };
  const took: string[] = [];
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    trips = 0;
    const started = performance.now();
    const answer = await work();
    took.push(`${what}: ${Math.round(performance.now() - started)} ms, ${trips} trips`);
    return answer;
  };

  /** Reads all pages of a list whose rows are people in the order of joining. */
  const walk = async (
    what: string,
    read: (cursor: string | undefined) => Promise<{ ids: string[]; next: string | null }>,
  ) => {
    let n = 1;
    const times: number[] = [];
    await timed(what, async () => {
      for (let cursor: string | undefined; ;) {
        const started = performance.now();
        const { ids, next } = await read(cursor);
        times.push(performance.now() - started);
        for (const id of ids)
          if (id !== star.idOf(n++)) throw new Error(`${what}: ${id} is not number ${n - 1}`);
        if (next === null) break;
        cursor = next;
      }
    });
    expect(n).toBe(SIZE + 1);
    expect(trips).toBe(times.length);
    const median = (some: number[]) => some.toSorted((a, b) => a - b)[Math.floor(some.length / 2)] as number;
    const [first, last] = [median(times.slice(1, 40)), median(times.slice(-40))];
    took.push(`  a page in the beginning ${first.toFixed(1)} ms, at the end ${last.toFixed(1)} ms`);
    expect(last).toBeLessThan(5 * first);
  };
  await walk("children, 100 a page", async (cursor) => {
    const page = await trees.readChildren(call, centre, { order: "oldest", limit: 100, cursor });
    return { ids: page.data.map(({ id }) => id), next: page.next };
  });
  await walk("the tree, 1,000 a page", async (cursor) => {
    const page = await trees.readTree(call, centre, { depth: cursor ? undefined : 3, limit: 1000, cursor });
    return { ids: page.children.map(({ participant }) => participant.id), next: page.next };
  });
  await walk("the export, 5,000 a page", async (cursor) => {
    const page = await trees.exportSubtree(call, centre, { limit: 5000, cursor });
    return { ids: page.data.map(({ id }) => id).filter((id) => id !== centre), next: page.next };
  });
  const { data, deeper, next } = await timed("generations", () =>
    readGenerations(call, centre, { levels: 100 }),
  );
  expect({ data, deeper, next }).toEqual({
    data: [{ level: 1, people: SIZE, qualified: SIZE, present: SIZE }],
    deeper: null,
    next: null,
  });
  const [one, other] = [star.idOf(7), star.idOf(SIZE)];
  const path = await timed("a path", () => trees.readPathTo(call, one, { to: other, limit: 10 }));
  expect(path.data.map(({ id }) => id)).toEqual([one, centre, other]);
  const centres = await timed("centres", () =>
    readLocalCentres(call, star.campaignId, { by: "direct", limit: 3 }),
  );
  expect(centres.hubs).toMatchObject([
    { participantId: centre, direct: SIZE, team: SIZE, cutOff: { value: 1 } },
  ]);
  // The person after whom all others were made stands beside the star.
  expect(centres.centralisation).toMatchObject({
    numerator: (SIZE + 2) * SIZE - SIZE,
    denominator: (SIZE + 1) ** 2,
    most: SIZE,
  });
  console.log(took.join("\n"));
  await close();
});
