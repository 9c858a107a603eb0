import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Allocation } from "../../src/domain/allocation.ts";
import type { Id } from "../../src/domain/id.ts";
import type { Call } from "../../src/services/call.ts";
import { patchCampaign } from "../../src/services/campaigns.ts";
import { mergeGroup } from "../../src/services/group-life.ts";
import { createGroup, getGroup, listGroups, patchGroup } from "../../src/services/groups.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };

let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(async () => {
  expect(await findDifferences(call.ports.db)).toEqual([]);
  await opened.close();
});

type World = Awaited<ReturnType<typeof openCampaign>>;

/** Groups of these settings, filled by this strategy. */
async function openGroups(strategy: Allocation["strategy"], ...settings: object[]): Promise<World> {
  // A campaign is published with a group at least; it is closed before the others come.
  const filled = await openCampaign(call, [1]);
  await patchGroup(call, filled.groups[0]?.id as Id, { state: "closed" });
  const groups = [];
  for (const setting of settings) {
    const input = { name: "G", carrier: "url" as const, joinUrl: "https://example.com/", ...setting };
    groups.push(await createGroup(call, filled.community.id, input));
  }
  await setAllocation(filled, { strategy });
  return { ...filled, groups };
}

const setAllocation = ({ campaign }: World, change: Partial<Allocation>) =>
  patchCampaign(call, campaign.id, {
    allocation: {
      strategy: "in_order",
      confirm: "reveal",
      reservationMinutes: 10,
      fallback: [{ kind: "waitlist" }],
      ...change,
    },
  });

let counter = 0;
const join = ({ campaign, invite }: World, value = `person ${++counter}`) => {
  const identity = { type: "custom" as const, value };
  return joinByServer(
    call,
    campaign.id,
    { invite: invite.code, identity, acknowledged: true, answers: {} },
    "en",
  );
};

/** How many sit in each group, in the order in which the groups were made. */
const used = ({ groups }: World) =>
  Promise.all(groups.map(async ({ id }) => (await getGroup(call, id)).used));

describe("the order in which groups are filled", () => {
  test("weighted: in proportion, never far from it, and what weighs nothing comes last", async () => {
    const weights = [1, 10, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    const world = await openGroups("weighted", ...weights.map((weight) => ({ weight, capacity: 11 })));
    for (let n = 1; n <= 20; n++) {
      await join(world);
      const off = (await used(world)).map((count, i) => Math.abs(count - (n * (weights[i] as number)) / 20));
      // A heavy group may be half a turn ahead of many light ones, never a whole one.
      expect(Math.max(...off), `after ${n}`).toBeLessThan(3);
    }
    expect(await used(world)).toEqual(weights);
    for (const [i, { id }] of world.groups.entries()) {
      if (i !== 2) await patchGroup(call, id, i === 1 ? { capacity: 11 } : { state: "paused" });
    }
    for (let n = 0; n < 3; n++) await join(world);
    expect((await used(world)).slice(0, 3)).toEqual([1, 11, 2]);
  });

  test("least filled: by the share of seats taken, so that large and small groups fill together", async () => {
    const capacities = [10, 20, 40];
    const world = await openGroups("least_filled", ...capacities.map((capacity) => ({ capacity })));
    for (let n = 1; n <= 70; n++) {
      await join(world);
      const shares = (await used(world)).map((count, i) => count / (capacities[i] as number));
      expect(Math.max(...shares) - Math.min(...shares), `after ${n}`).toBeLessThan(0.1 + 1e-9);
    }
    expect(await used(world)).toEqual(capacities);
    expect((await join(world)).outcome).toBe("waitlisted");
  });

  test("in order: by priority, then as the groups were made", async () => {
    const world = await openGroups(
      "in_order",
      { capacity: 1, priority: 2 },
      { capacity: 1, priority: 1 },
      { capacity: 1, priority: 1 },
    );
    const order = [];
    for (let n = 0; n < 3; n++) order.push((await join(world)).participant?.group?.id);
    expect(order).toEqual([1, 2, 0].map((i) => world.groups[i]?.id));
  });

  test("a queue that is seated at once is seated as if one came after the other", async () => {
    for (const strategy of ["in_order", "least_filled", "weighted"] as const) {
      const open = [
        { capacity: 3, weight: 1, priority: 1 },
        { capacity: 5, weight: 3, priority: 0 },
        { capacity: 4, weight: 0, priority: 2 },
      ];
      const [atOnce, oneByOne] = [await openGroups(strategy, ...open), await openGroups(strategy, ...open)];
      for (const { id } of atOnce.groups) await patchGroup(call, id, { state: "paused" });
      for (let n = 0; n < 9; n++) expect((await join(atOnce, `q ${n}`)).outcome).toBe("waitlisted");
      // All groups open in one moment, while nobody is promoted; the next one who asks sets it off.
      await call.ports.db.write([
        call.ports.db.q.run(`UPDATE groups SET state = 'open' WHERE name = 'G' AND state = 'paused'`),
      ]);
      await join(atOnce, "q 8");
      for (let n = 0; n < 9; n++) await join(oneByOne);
      expect(await used(atOnce), strategy).toEqual(await used(oneByOne));
    }
  });
});

describe("retirement", () => {
  test("nobody is sent to a group from its retirement on: not by a join, the queue, or a merge", async () => {
    const expiresAt = clock.now + 3 * HOUR;
    const world = await openGroups("in_order", { capacity: 9, expiresAt, marginHours: 1 }, { capacity: 1 });
    const [retiring, other] = world.groups.map(({ id }) => id) as [Id, Id];
    clock.now = expiresAt - HOUR - 1;
    expect((await join(world)).participant?.group?.id).toBe(retiring);
    clock.now += 1;
    expect((await join(world)).participant?.group?.id).toBe(other);
    const late = await join(world, "late");
    expect(late.outcome).toBe("waitlisted");
    expect((await join(world, "late")).outcome).toBe("waitlisted");
    await expect(mergeGroup(call, other, retiring)).rejects.toMatchObject({ code: "merge_refused" });
    expect((await getGroup(call, retiring)).used).toBe(1);
    await patchGroup(call, retiring, { expiresAt: expiresAt + 1 });
    const seated = await join(world, "late");
    expect(seated.participant?.group?.id).toBe(retiring);
  });
});

describe("a retry", () => {
  test("keeps its seat while that is good: paused, retired, renewed; and finds a new one when it is not", async () => {
    const expiresAt = clock.now + 3 * HOUR;
    const world = await openGroups("in_order", { capacity: 5, expiresAt, marginHours: 1 }, { capacity: 5 });
    const [first, second] = world.groups.map(({ id }) => id) as [Id, Id];
    const seatOf = async () => (await join(world, "sticky")).participant?.group?.id ?? null;
    expect(await seatOf()).toBe(first);
    await patchGroup(call, first, { state: "paused" });
    expect(await seatOf()).toBe(first);
    clock.now = expiresAt - 1;
    expect(await seatOf()).toBe(first);
    await patchGroup(call, first, { expiresAt: expiresAt + HOUR, joinUrl: "https://example.com/new" });
    clock.now = expiresAt + 1;
    expect(await seatOf()).toBe(first);
    clock.now = expiresAt + HOUR;
    expect(await seatOf()).toBe(second);
    expect(await used(world)).toEqual([0, 1]);
    await patchGroup(call, second, { state: "closed" });
    expect(await seatOf()).toBeNull();
    await patchGroup(call, second, { state: "open" });
    expect(await seatOf()).toBe(second);
    await patchGroup(call, second, { state: "closed" });
    await patchGroup(call, first, { state: "open", expiresAt: null });
    expect(await seatOf()).toBe(first);
    expect(await used(world)).toEqual([1, 0]);
  });

  test("after a merge is sent to where its seat went, over as many hops as there are", async () => {
    const world = await openGroups("in_order", { capacity: 2 }, { capacity: 9 }, { capacity: 9 });
    const [a, b, c] = world.groups.map(({ id }) => id) as [Id, Id, Id];
    await join(world, "hopper");
    await mergeGroup(call, b, c);
    await mergeGroup(call, a, b);
    expect((await join(world, "hopper")).participant?.group?.id).toBe(c);
    expect(await getGroup(call, a)).toMatchObject({ state: "merged", mergedInto: c, used: 0 });
    await expect(mergeGroup(call, c, a)).rejects.toMatchObject({ code: "merge_refused" });
    const { data } = await listGroups(call, world.community.id, { limit: 9 });
    expect(data.find(({ id }) => id === c)).toMatchObject({ state: "open", used: 1 });
  });
});
