import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { type Id, parseId } from "../../src/domain/id.ts";
import { patchGroup } from "../../src/services/groups.ts";
import { createInvite } from "../../src/services/invites.ts";
import { confirmParticipant, leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import { getParticipant } from "../../src/services/participants.ts";
import { passOf } from "../../src/services/passes.ts";
import { askSeat, openPass } from "../../src/services/seats.ts";
import { removeParticipant, restoreParticipant } from "../../src/services/standing.ts";
import { promoteWaiting } from "../../src/services/waitlist.ts";
import { leave } from "../../src/store/standing/movements.ts";
import {
  allocation,
  call,
  clock,
  events,
  join,
  joined,
  MINUTE,
  open,
  RESERVE,
  RESERVED,
  used,
  waiting,
} from "./seats-world.ts";

const WHY = { cause: "test" };
const kinds = async (id: Id) => {
  const { db } = call.ports;
  const [rows] = await db.read([
    db.q.all<[string]>(
      sql`SELECT kind FROM ledger WHERE participant_id = ${parseId("participant", id)} ORDER BY id`,
    ),
  ]);
  return rows.map(([kind]) => kind);
};
const seatOf = async (id: Id) => (await getParticipant(call, id)).groupId;
const place = async (id: Id) => (await openPass(call.ports, await passOf(call.ports, id))).waitlistPosition;

describe("who comes back while every group is full", () => {
  test("waits behind those who wait, and gets the seat as the participant who they are", async () => {
    const world = await open([2]);
    const [back, host] = [await joined(world, "back"), await joined(world, "host")];
    await leaveCampaign(call, back);
    await joined(world, "took the seat");
    expect((await join(world, "first")).outcome).toBe("waitlisted");
    expect(await rejoinCampaign(call, back)).toMatchObject({ leftAt: null, groupId: null });
    expect((await join(world, "last")).waitlistPosition).toBe(3);
    expect([await waiting(world), await place(back)]).toEqual([3, 2]);
    // Asking again, in whatever way, changes nothing.
    await rejoinCampaign(call, back);
    await askSeat(call.ports, await passOf(call.ports, back));
    expect((await join(world, "back")).waitlistPosition).toBe(2);

    await patchGroup(call, world.ids[0] as Id, { capacity: 3 });
    expect([await seatOf(back), await place(back)]).toEqual([null, 1]);
    await leaveCampaign(call, host);
    expect([await seatOf(back), await place(back)]).toEqual([world.ids[0], null]);
    expect(await kinds(back)).toEqual(["joined", "left", "returned"]);
    const told = (await events(world)).filter(({ kind }) => kind === "waitlist.promoted");
    expect(told.filter(({ subject }) => subject === back)).toHaveLength(1);
    expect([await waiting(world), await used(world.ids[0])]).toEqual([1, 3]);
    expect((await join(world, "last")).waitlistPosition).toBe(1);
  });

  test("waits from wherever they ask: at the gate, on their own page, or when they are restored", async () => {
    const world = await open([1]);
    const ids = [];
    for (const name of ["at the gate", "own page", "restored"]) {
      const id = await joined(world, name);
      if (name === "restored") await removeParticipant(call, id, WHY);
      else await leaveCampaign(call, id);
      ids.push(id);
    }
    const [gate, page, restored] = ids as [Id, Id, Id];
    const host = await joined(world, "host");
    const again = await join(world, "at the gate");
    expect([again.outcome, again.participant?.id, again.waitlistPosition]).toEqual([
      "already_joined",
      gate,
      1,
    ]);
    await askSeat(call.ports, await passOf(call.ports, page));
    await restoreParticipant(call, restored, WHY);
    expect(await waiting(world)).toBe(3);
    await patchGroup(call, world.ids[0] as Id, { capacity: 3 });
    expect([await seatOf(gate), await seatOf(page), await seatOf(restored)]).toEqual([
      world.ids[0],
      world.ids[0],
      null,
    ]);
    await leaveCampaign(call, host);
    expect(await seatOf(restored)).toBe(world.ids[0]);
  });

  test("waits for a reservation that lapsed, and has it confirmed when it comes", async () => {
    const world = await open([1], RESERVE);
    const slow = await joined(world, "slow");
    clock.now += RESERVED;
    const quick = await joined(world, "quick");
    await confirmParticipant(call, quick, "operator");
    expect((await join(world, "slow")).waitlistPosition).toBe(1);
    await expect(confirmParticipant(call, slow, "operator")).rejects.toMatchObject({
      code: "invalid_transition",
    });
    clock.now += MINUTE;
    await leaveCampaign(call, quick);
    expect((await confirmParticipant(call, slow, "operator")).groupId).toBe(world.ids[0]);
  });

  test("has no place any more who leaves again or is removed, nor where nobody may wait", async () => {
    const world = await open([1]);
    const a = await joined(world, "a");
    await leaveCampaign(call, a);
    const host = await joined(world, "host");
    for (const out of [leaveCampaign, (of: typeof call, id: Id) => removeParticipant(of, id, WHY)]) {
      await rejoinCampaign(call, a);
      expect(await waiting(world)).toBe(1);
      await out(call, a);
      expect(await waiting(world)).toBe(0);
      clock.now += MINUTE;
    }
    await leaveCampaign(call, host);
    expect([await seatOf(a), await used(world.ids[0])]).toEqual([null, 0]);

    const without = await open([1], allocation({ fallback: [] }));
    const gone = await joined(without, "gone");
    await leaveCampaign(call, gone);
    await joined(without, "next");
    expect((await rejoinCampaign(call, gone)).groupId).toBeNull();
    expect(await join(without, "gone")).toMatchObject({
      outcome: "already_joined",
      waitlistPosition: null,
    });
    expect(await waiting(without)).toBe(0);
  });

  test("may have come in by the waitlist before, and wait a third time: what that says of them stays", async () => {
    const world = await open([1]);
    const host = await joined(world, "host");
    await join(world, "late");
    await leaveCampaign(call, host);
    const late = (await join(world, "late")).participant?.id as Id;
    for (let n = 0; n < 2; n++) {
      clock.now += MINUTE;
      await leaveCampaign(call, late);
      await rejoinCampaign(call, host);
      expect(await seatOf(host)).toBe(world.ids[0]);
      await rejoinCampaign(call, late);
      expect(await place(late)).toBe(1);
      await leaveCampaign(call, host);
      expect(await seatOf(late)).toBe(world.ids[0]);
    }
    expect((await events(world)).filter(({ kind }) => kind === "waitlist.promoted")).toHaveLength(3);
  });

  test("holds no use of the invite that they once came by", async () => {
    const world = await open([1]);
    const invite = await createInvite(call, world.campaign.id, { channel: "few", maxUses: 2 });
    const few = { ...world, invite };
    const id = await joined(few, "a");
    await leaveCampaign(call, id);
    await joined(world, "host");
    await rejoinCampaign(call, id);
    expect((await join(few, "b")).waitlistPosition).toBe(2);
    await expect(join(few, "c")).rejects.toMatchObject({ code: "invite_used_up" });
  });
});

test("a long queue of newcomers and people who came back is seated in its order, by many hands at once", async () => {
  const world = await open([20]);
  const old: Id[] = [];
  for (let n = 0; n < 20; n++) old.push(await joined(world, `old ${n}`));
  const tenant = { workspaceId: call.actor.workspaceId, campaignId: null };
  for (const id of old.slice(0, 12)) await leaveCampaign(call, id);
  for (let n = 0; n < 12; n++) await joined(world, `filler ${n}`);
  const order: string[] = [];
  for (let n = 0; n < 60; n++) {
    const isBack = n % 5 === 2;
    const name = isBack ? `old ${(n - 2) / 5}` : `new ${n}`;
    order.push(name);
    if (isBack) await rejoinCampaign(call, old[(n - 2) / 5] as Id);
    else expect((await join(world, name)).outcome).toBe("waitlisted");
  }
  expect(await waiting(world)).toBe(60);
  // Nobody is told of the seats but by several at once.
  const { db, newId, now } = call.ports;
  await db.write([
    db.q.run(sql`UPDATE groups SET capacity = 63 WHERE id = ${parseId("group", world.ids[0] as Id)}`),
  ]);
  const rules = allocation({});
  const promoted = await Promise.all(
    [1, 2, 3, 4].map(() => promoteWaiting(call.ports, world.campaign.id, rules)),
  );
  expect(promoted.reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(43);
  while (await promoteWaiting(call.ports, world.campaign.id, rules));
  expect([await waiting(world), await used(world.ids[0])]).toEqual([17, 63]);
  const [rows] = await db.read([
    db.q.all<[string]>(sql`SELECT p.display_name FROM participants p
      WHERE p.campaign_id = ${parseId("campaign", world.campaign.id)} AND p.seat_state IS NOT NULL`),
  ]);
  const seated = new Set(rows.map(([name]) => name));
  expect(order.filter((name) => seated.has(name))).toEqual(order.slice(0, 43));
  // A seat that nobody was told of is not taken past the queue.
  const movement = { actor: "test", at: null, eventId: null, now: now() };
  await leave(db, tenant, old[15] as Id, movement, newId);
  await rejoinCampaign(call, old[15] as Id);
  expect(await seatOf(old[15] as Id)).toBeNull();
  expect(await waiting(world)).toBe(17);
});
