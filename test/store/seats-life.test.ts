import { describe, expect, test } from "vitest";
import { type Id } from "../../src/domain/id.ts";
import { JOBS, runJob } from "../../src/jobs/index.ts";
import { moveCampaign, patchCampaign } from "../../src/services/campaigns.ts";
import { createGroups, mergeGroup } from "../../src/services/group-life.ts";
import { createDisplay, openScreen } from "../../src/services/displays.ts";
import { patchGroup } from "../../src/services/groups.ts";
import { createInvite } from "../../src/services/invites.ts";
import { leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import { passOf } from "../../src/services/passes.ts";
import { askSeat, openPass } from "../../src/services/seats.ts";
import { keepWatch } from "../../src/services/upkeep.ts";
import { MINUTE, clock, call, open, join, joined, used, waiting, events } from "./seats-world.ts";

describe("leaving and coming back", () => {
  test("told twice by one event counts once; an event older than what is known changes nothing", async () => {
    const world = await open([2]);
    const id = await joined(world, "a");
    const [t0, left] = [clock.now, { eventId: "evt 1", at: clock.now + 1000 }];
    clock.now += 5000;
    expect(await leaveCampaign(call, id, left)).toMatchObject({ leftAt: t0 + 1000, groupId: null });
    clock.now += 5000;
    expect(await rejoinCampaign(call, id, { eventId: "evt 2" })).toMatchObject({ leftAt: null });
    const present = await leaveCampaign(call, id, left);
    expect(present).toMatchObject({ leftAt: null, groupId: world.ids[0] });
    expect(await leaveCampaign(call, id, { eventId: "evt 0", at: t0 + 2000 })).toEqual(present);
    expect(await leaveCampaign(call, id, { at: t0 - 1 })).toEqual(present);
    // A clock that goes ahead of ours.
    expect((await leaveCampaign(call, id, { at: clock.now + 9e6 })).leftAt).toBe(clock.now);
    clock.now += 1;
    expect((await rejoinCampaign(call, id, { eventId: "evt 2" })).leftAt).not.toBeNull();
    expect((await rejoinCampaign(call, id, { eventId: "evt 1" })).leftAt).toBeNull();
    expect(await used(world.ids[0])).toBe(1);
  });

  test("from the own page: a new seat where there is one, the same where it is good, none while it is over", async () => {
    const world = await open([1, 1]);
    const id = await joined(world, "a");
    const pass = await passOf(call.ports, id);
    const page = async () => {
      const { seat, group } = await openPass(call.ports, pass);
      return [seat.state, group?.id ?? null];
    };
    await askSeat(call.ports, pass);
    expect(await page()).toEqual(["confirmed", world.ids[0]]);
    await patchGroup(call, world.ids[0] as Id, { state: "closed" });
    expect(await page()).toEqual(["none", null]);
    await askSeat(call.ports, pass);
    expect(await page()).toEqual(["confirmed", world.ids[1]]);
    await leaveCampaign(call, id);
    expect(await page()).toEqual(["none", null]);
    await moveCampaign(call, world.campaign.id, "pause");
    await expect(askSeat(call.ports, pass)).rejects.toMatchObject({ code: "campaign_paused" });
    await moveCampaign(call, world.campaign.id, "resume");
    await askSeat(call.ports, pass);
    expect(await page()).toEqual(["confirmed", world.ids[1]]);
    await expect(askSeat(call.ports, `${pass}0`)).rejects.toMatchObject({ code: "pass_not_found" });
  });
});

describe("groups", () => {
  const bulk = {
    name: "{n}群",
    joinUrl: "https://example.com/{n}",
    carrier: "url" as const,
    from: 1,
    count: 30,
    capacity: 3,
  };
  test("in bulk are made once, also within one millisecond and at once", async () => {
    const world = await open([1]);
    const made = await Promise.all([1, 2, 3].map(() => createGroups(call, world.community.id, bulk)));
    expect(made.map(({ created }) => created).sort((a, b) => b - a)).toEqual([30, 0, 0]);
    for (const { data } of made) expect(data).toEqual(made[0]?.data);
    const more = await createGroups(call, world.community.id, { ...bulk, from: 21, count: 20 });
    expect([more.created, more.data.length]).toEqual([10, 20]);
    expect(more.data.at(-1)).toMatchObject({ name: "40群", joinUrl: "https://example.com/40", capacity: 3 });
  });

  test("that are named by a campaign take their merge target with them", async () => {
    const world = await open([1, 5, 5]);
    await patchCampaign(call, world.campaign.id, { groupIds: [world.ids[0] as Id] });
    await joined(world, "a");
    expect((await join(world, "b")).outcome).toBe("waitlisted");
    await mergeGroup(call, world.ids[0] as Id, world.ids[1] as Id);
    expect(await waiting(world)).toBe(0);
    expect(await used(world.ids[1])).toBe(2);
    expect((await join(world, "c")).participant?.group?.id).toBe(world.ids[1]);
  });
});

describe("warnings", () => {
  test("are in the outbox once a trouble, and of all campaigns", async () => {
    const world = await open([10, 1]);
    for (let n = 0; n < 9; n++) await joined(world, `p${n}`);
    const kinds = async () => (await events(world)).map(({ kind, subject }) => `${kind} ${subject}`).sort();
    const [big, small] = world.ids;
    for (let n = 0; n < 3; n++) await keepWatch(call.ports);
    expect(await kinds()).toEqual([`group.nearly_full ${big}`]);
    await patchGroup(call, small as Id, { expiresAt: clock.now + 30 * 60 * MINUTE, marginHours: 24 });
    await joined(world, "p9");
    for (let n = 0; n < 3; n++) await keepWatch(call.ports);
    const expected = [`group.expiring ${small}`, `group.full ${big}`, `group.nearly_full ${big}`];
    expect(await kinds()).toEqual(expected);
    clock.now += 6 * 60 * MINUTE;
    for (let n = 0; n < 3; n++) await keepWatch(call.ports);
    expect(await kinds()).toEqual([`campaign.no_seats ${world.campaign.id}`, ...expected]);
  });

  test("tell of a screen that stands still once, and again when it stands still anew", async () => {
    const world = await open([100]);
    const rotation = { mode: "rotating" as const, periodSeconds: 15 };
    const invite = await createInvite(call, world.campaign.id, { channel: "stage", rotation });
    const display = await createDisplay(call, invite.id, "Hall 1");
    const stale = async () => {
      await keepWatch(call.ports);
      return (await events(world)).filter(
        ({ kind, subject }) => kind === "display.stale" && subject === display.id,
      ).length;
    };
    expect(await stale()).toBe(0);
    for (const silence of [1, 2]) {
      await openScreen(call.ports, display.seal);
      clock.now += 2 * MINUTE;
      expect(await stale()).toBe(silence - 1);
      clock.now += 2 * MINUTE;
      expect([await stale(), await stale()]).toEqual([silence, silence]);
    }
  });

  test("come by themselves: a job runs once at a time, and one that fails comes again", async () => {
    const world = await open([1]);
    await joined(world, "a");
    let runs = 0;
    let finish = () => {};
    const under = new Promise<void>((resolve) => (finish = resolve));
    const slow = { name: "slow", everySeconds: 1, run: () => (runs++, under) };
    const first = runJob(call.ports, slow);
    await runJob(call.ports, slow);
    finish();
    await first;
    expect(runs).toBe(1);
    const failing = { name: "slow", everySeconds: 1, run: () => (runs++, Promise.reject(new Error("x"))) };
    const log = { ...call.ports.log, error: () => {} };
    for (let n = 0; n < 2; n++) await runJob({ ...call.ports, log }, failing);
    expect(runs).toBe(3);
    for (const job of JOBS) await runJob(call.ports, job);
    expect((await events(world)).map(({ kind }) => kind)).toEqual(["campaign.no_seats", "group.full"]);
  });
});
