import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { newSeat } from "../../src/domain/allocation.ts";
import { type Id, parseId } from "../../src/domain/id.ts";
import { createGroup, patchGroup } from "../../src/services/groups.ts";
import { leaveCampaign } from "../../src/services/membership.ts";
import { getParticipant } from "../../src/services/participants.ts";
import { promoteWaiting } from "../../src/services/waitlist.ts";
import { reseatFirst } from "../../src/store/reseating.ts";
import { reseat } from "../../src/store/seats.ts";
import {
  allocation,
  call,
  clock,
  events,
  join,
  joined,
  open,
  RESERVE,
  RESERVED,
  used,
  waiting,
  type World,
} from "./seats-world.ts";

type Opened = Awaited<ReturnType<typeof open>>;

/** A full group that is closed, and whose people have all asked for another seat. */
async function stranded(people: number, capacities: number[], rules = allocation({})) {
  const world = await open([people, ...capacities], rules);
  const [home, ...others] = world.ids as [Id, ...Id[]];
  for (const id of others) await patchGroup(call, id, { state: "paused" });
  const ids: Id[] = [];
  for (let n = 0; n < people; n++) ids.push(await joined(world, `p ${n}`));
  await patchGroup(call, home, { state: "closed" });
  for (let n = 0; n < people; n++) expect((await join(world, `p ${n}`)).waitlistPosition).toBe(n + 1);
  return { world, home, others, ids };
}

/** Opens groups without anybody being told. */
const reopen = (ids: readonly Id[]) =>
  call.ports.db.write([
    call.ports.db.q.run(sql`UPDATE groups SET state = 'open' WHERE id IN
      (SELECT value FROM json_each(${JSON.stringify(ids.map((id) => parseId("group", id)))}))`),
  ]);

const groupsOf = (ids: readonly Id[]) =>
  Promise.all(ids.map(async (id) => (await getParticipant(call, id)).groupId));
const promotedIn = async (world: World) =>
  (await events(world)).filter(({ kind }) => kind === "waitlist.promoted").map(({ subject }) => subject);

test("all people of a group that was closed are seated by the call that makes room for them", async () => {
  const { world, home, ids } = await stranded(130, []);
  const { id: fresh } = await createGroup(call, world.community.id, {
    name: "Instead",
    carrier: "url",
    joinUrl: "https://example.com/",
    capacity: 120,
  });
  expect([await waiting(world), await used(home), await used(fresh)]).toEqual([10, 10, 120]);
  expect(await groupsOf(ids)).toEqual(ids.map((_, n) => (n < 120 ? fresh : home)));
  await patchGroup(call, fresh, { capacity: 200 });
  expect([await waiting(world), await used(home), await used(fresh)]).toEqual([0, 0, 130]);
});

test("many at once get the seats that they would get one after the other, by every strategy", async () => {
  const seating = (world: Opened, strategy: "in_order" | "least_filled" | "weighted", confirm: boolean) => ({
    strategy,
    seat: newSeat(confirm ? RESERVE : allocation({}), clock.now),
    now: clock.now,
    campaignId: world.campaign.id,
    newId: call.ports.newId,
  });
  for (const strategy of ["in_order", "least_filled", "weighted"] as const) {
    const rules = allocation({ strategy });
    const [together, alone] = [await stranded(9, [2, 4, 1], rules), await stranded(9, [2, 4, 1], rules)];
    for (const { others } of [together, alone]) await reopen(others);
    const ask = seating(together.world, strategy, strategy === "weighted");
    // Named in any order, and with somebody who is in no queue.
    const stranger = await joined(await open([1]), "elsewhere");
    const named = [stranger, ...together.ids.toReversed()];
    expect(await reseatFirst(call.ports.db, { ...ask, ids: named })).toBe(7);
    expect(await reseatFirst(call.ports.db, { ...ask, ids: named })).toBe(0);
    for (const id of alone.ids)
      await reseat(call.ports.db, id, { ...ask, mayWait: false }, call.ports.newId());
    const places = async ({ ids, others, home }: typeof alone) =>
      (await groupsOf(ids)).map((id) => (id === home ? "home" : others.indexOf(id as Id)));
    expect(await places(together), strategy).toEqual(await places(alone));
    expect(await promotedIn(together.world)).toHaveLength(7);
    expect(await waiting(together.world)).toBe(2);
  }
});

test("nobody is seated past somebody who waits longer and is not named; whose group opened again waits no more", async () => {
  const { world, home, others, ids } = await stranded(6, [3]);
  await reopen(others);
  const ask = {
    campaignId: world.campaign.id,
    strategy: "in_order" as const,
    seat: newSeat(allocation({}), clock.now),
    now: clock.now,
    newId: call.ports.newId,
  };
  // The third one is not named: those behind have to wait for them.
  const named = ids.filter((_, n) => n !== 2);
  expect(await reseatFirst(call.ports.db, { ...ask, ids: named })).toBe(2);
  expect(await groupsOf(ids)).toEqual(ids.map((_, n) => (n < 2 ? others[0] : home)));
  // One leaves, and the old group is good again: nobody moves, and nobody waits.
  await leaveCampaign(call, ids[5] as Id);
  await reopen([home]);
  await promoteWaiting(call.ports, world.campaign.id, allocation({}));
  expect([await waiting(world), await used(home)]).toEqual([0, 2]);
  expect(await groupsOf(ids)).toEqual([others[0], others[0], others[0], home, home, null]);
});

test("a reservation that lapsed while they waited holds no seat, in whatever group", async () => {
  const { world, others, ids } = await stranded(3, [2], RESERVE);
  clock.now += RESERVED + 1;
  await reopen(others);
  expect(await promoteWaiting(call.ports, world.campaign.id, RESERVE)).toBe(2);
  const seats = await Promise.all(ids.map((id) => getParticipant(call, id)));
  expect(seats.map(({ groupId, seatState }) => [groupId, seatState])).toEqual([
    [others[0], "reserved"],
    [others[0], "reserved"],
    [null, null],
  ]);
  expect([await waiting(world), await used(others[0])]).toEqual([1, 2]);
});
