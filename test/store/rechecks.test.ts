import { describe, expect, test } from "vitest";
import { moveCampaign } from "../../src/services/campaigns.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { keepChecks } from "../../src/services/rechecking.ts";
import * as standing from "../../src/services/standing.ts";
import { leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import {
  call,
  checkOf,
  clock,
  HOUR,
  member,
  open,
  profile,
  scores,
  seatStateOf,
  standingOf,
  START,
  story,
  told,
  trail,
} from "./rechecks-world.ts";

/** Goes on by hours, and does the clock's work. */
async function pass(hours: number): Promise<void> {
  clock.now += hours * HOUR;
  await keepChecks(call.ports);
}

describe("a member who no longer passes", () => {
  test("is warned, removed after the grace, and restored by passing again; boards follow", async () => {
    const world = await open();
    const inviter = await member(world, "Ann");
    const friend = await member(world, "Bo", inviter.code);
    expect(await checkOf(friend.id)).toMatchObject({ state: "passing", dueAt: clock.now + 24 * HOUR });
    expect(await scores(world, "Ann")).toEqual({ direct: 1, qualified: 1, team: 1 });

    await profile(world, "Bo", { level: 2 });
    await pass(24);
    const warnedAt = clock.now;
    expect(await checkOf(friend.id)).toEqual({
      state: "warned",
      since: warnedAt,
      graceUntil: warnedAt + 72 * HOUR,
      dueAt: warnedAt + 24 * HOUR,
      codes: ["level_too_low"],
    });
    expect(await checkOf(inviter.id)).toMatchObject({ state: "passing", dueAt: warnedAt + 24 * HOUR });
    expect(await scores(world, "Ann")).toEqual({ direct: 1, qualified: 1, team: 1 });

    for (let day = 0; day < 2; day++) await pass(24);
    expect(await checkOf(friend.id)).toMatchObject({ state: "warned" });
    await pass(24);
    expect(await checkOf(friend.id)).toMatchObject({ state: "removed" });
    expect([await standingOf(friend.id), await seatStateOf(friend.id)]).toEqual(["removed", null]);
    expect(await scores(world, "Ann")).toEqual({ direct: 0, qualified: 0, team: 0 });

    await profile(world, "Bo", { level: 4 });
    await pass(24);
    expect(await checkOf(friend.id)).toMatchObject({ state: "passing", since: null, codes: [] });
    expect([await standingOf(friend.id), await seatStateOf(friend.id)]).toEqual(["good", "confirmed"]);
    expect(await scores(world, "Ann")).toEqual({ direct: 1, qualified: 1, team: 1 });

    expect(await story(world, friend.id)).toEqual([
      "joined by key",
      "qualified by clock",
      "warned by recheck",
      "removed by recheck",
      "restored by recheck",
    ]);
    expect(await told(world, friend.id)).toEqual([
      "participant.warned",
      "participant.removed",
      "participant.restored",
    ]);
    expect(await trail(friend.id)).toEqual([
      "check.warned by recheck: level_too_low",
      "check.removed by recheck: level_too_low",
      "check.restored by recheck",
    ]);
    expect(await story(world, inviter.id)).toEqual(["joined by key"]);
  });

  test("is cleared by passing again in time", async () => {
    const world = await open();
    const { id } = await member(world, "Bo");
    await profile(world, "Bo", { level: 1 });
    await pass(24);
    await profile(world, "Bo", { level: 3 });
    await pass(24);
    expect(await checkOf(id)).toMatchObject({ state: "passing", since: null, graceUntil: null, codes: [] });
    expect(await told(world, id)).toEqual(["participant.warned", "participant.cleared"]);
    // The next warning is one of its own, with the whole grace.
    await profile(world, "Bo", { level: 1 });
    await pass(24);
    expect(await checkOf(id)).toMatchObject({ state: "warned", graceUntil: clock.now + 72 * HOUR });
    expect(await told(world, id)).toHaveLength(3);
  });

  test("without any grace is warned and removed in one go", async () => {
    const world = await open({ graceHours: 0 });
    const { id } = await member(world, "Bo");
    await profile(world, "Bo", { level: 1 });
    await pass(24);
    expect(await told(world, id)).toEqual(["participant.warned", "participant.removed"]);
  });

  test("is queued where the carrier cannot take them out, and keeps seat and credit until then", async () => {
    const world = await open({ graceHours: 1 }, { carrier: "url" });
    const inviter = await member(world, "Ann");
    const { id } = await member(world, "Bo", inviter.code);
    await profile(world, "Bo", { level: 1 });
    await pass(24);
    await pass(1);
    expect(await checkOf(id)).toMatchObject({ state: "due" });
    expect(await told(world, id)).toEqual(["participant.warned", "participant.removal_due"]);
    expect([await standingOf(id), await seatStateOf(id)]).toEqual(["good", "confirmed"]);
    await pass(24);
    expect(await told(world, id)).toHaveLength(2);
    expect(await scores(world, "Ann")).toMatchObject({ direct: 1 });
  });

  test("gives the seat to whoever waits, and waits for one when they come back", async () => {
    const world = await open({ graceHours: 0 }, { capacity: 1 });
    const { id } = await member(world, "Bo");
    await profile(world, "Cy", { level: 3 });
    const cy = {
      invite: world.code,
      identity: { type: "custom" as const, value: "Cy" },
      acknowledged: true,
      answers: {},
    };
    expect((await joinByServer(call, world.campaign.id, cy, "en")).outcome).toBe("waitlisted");
    await profile(world, "Bo", { level: 1 });
    await pass(24);
    const seated = await joinByServer(call, world.campaign.id, cy, "en");
    expect(seated).toMatchObject({ outcome: "already_joined", participant: { seatDead: false } });
    // Whoever was promoted from the queue is judged again like everybody else.
    expect((await checkOf(seated.participant?.id ?? "")).state).toBe("passing");
    await profile(world, "Bo", { level: 3 });
    await pass(24);
    expect([await standingOf(id), await seatStateOf(id)]).toEqual(["good", null]);
  });
});

describe("the credit for bringing somebody who is removed", () => {
  test("stays with the inviter where the campaign says so, and whoever is out is out", async () => {
    const world = await open({ graceHours: 0, credits: "keep" });
    const inviter = await member(world, "Ann");
    const friend = await member(world, "Bo", inviter.code);
    await profile(world, "Bo", { level: 1 });
    await pass(24);
    expect([await standingOf(friend.id), await seatStateOf(friend.id)]).toEqual(["released", null]);
    expect(await scores(world, "Ann")).toEqual({ direct: 1, qualified: 1, team: 1 });
    expect(await told(world, friend.id)).toContain("participant.removed");
    // The carrier's event of their going takes nothing from the inviter either.
    await leaveCampaign(call, friend.id, { eventId: "kicked" });
    expect(await scores(world, "Ann")).toEqual({ direct: 1, qualified: 1, team: 1 });
    await expect(rejoinCampaign(call, friend.id, {})).rejects.toMatchObject({ code: "participant_removed" });
    // An operator's removal goes further, and is final.
    await standing.removeParticipant(call, friend.id, { cause: "spam" });
    expect(await scores(world, "Ann")).toEqual({ direct: 0, qualified: 0, team: 0 });
    await profile(world, "Bo", { level: 3 });
    await pass(24);
    expect(await standingOf(friend.id)).toBe("removed");
  });

  test("does not come to life by a removal, nor by the way back, where it was void before", async () => {
    for (const credits of ["keep", "void"] as const) {
      const world = await open({ graceHours: 0, credits });
      const inviter = await member(world, "Ann");
      const friend = await member(world, "Bo", inviter.code);
      await standing.voidReferral(call, friend.id, { cause: "a double" });
      await profile(world, "Bo", { level: 1 });
      await pass(24);
      expect([await standingOf(friend.id), (await scores(world, "Ann")).direct]).toEqual(["removed", 0]);
      await profile(world, "Bo", { level: 3 });
      await pass(24);
      expect([await standingOf(friend.id), (await scores(world, "Ann")).direct]).toEqual(["voided", 0]);
      expect(await seatStateOf(friend.id)).toBe("confirmed");
    }
  });
});

describe("who is spared", () => {
  test("staff, quiet readers, and nobody by a tag that is none of the campaign's", async () => {
    const world = await open({ readWithinDays: 7 });
    const [staff, reader, plain] = [
      await member(world, "Staff"),
      await member(world, "Reader"),
      await member(world, "Plain"),
    ];
    await profile(world, "Staff", { level: 1, tags: ["staff"] });
    await profile(world, "Reader", { level: 1, lastReadAt: clock.now });
    await profile(world, "Plain", { level: 1, tags: ["friend"] });
    await pass(24);
    expect((await checkOf(staff.id)).state).toBe("exempt");
    expect((await checkOf(reader.id)).state).toBe("exempt");
    expect((await checkOf(plain.id)).state).toBe("warned");
    expect(await told(world, staff.id)).toEqual([]);
    // Who stops reading is warned like everybody else.
    for (let day = 0; day < 7; day++) await pass(24);
    expect((await checkOf(reader.id)).state).toBe("warned");
    expect((await checkOf(staff.id)).state).toBe("exempt");
    expect(await trail(staff.id)).toEqual(["check.exempted by recheck: level_too_low"]);
  });
});

describe("other hands", () => {
  test("an operator's removal is final, and their restore begins anew", async () => {
    const world = await open();
    const { id } = await member(world, "Bo");
    await profile(world, "Bo", { level: 1 });
    await pass(24);
    await standing.removeParticipant(call, id, { cause: "spam" });
    expect(await checkOf(id)).toMatchObject({ state: "removed", dueAt: null });
    await profile(world, "Bo", { level: 3 });
    await pass(100);
    expect(await standingOf(id)).toBe("removed");
    await profile(world, "Bo", { level: 1 });
    await standing.restoreParticipant(call, id, { cause: "a mistake" });
    expect(await checkOf(id)).toMatchObject({ dueAt: clock.now });
    await pass(0);
    expect(await checkOf(id)).toMatchObject({ state: "warned", graceUntil: clock.now + 72 * HOUR });
  });

  test("whoever left is not judged; back again, the grace is what it was", async () => {
    const world = await open({ action: "queue", graceHours: 48 });
    const { id } = await member(world, "Bo");
    await profile(world, "Bo", { level: 1 });
    await pass(24);
    const { graceUntil } = await checkOf(id);
    await leaveCampaign(call, id);
    expect(await checkOf(id)).toMatchObject({ state: "warned", dueAt: null });
    await pass(500);
    expect(await checkOf(id)).toMatchObject({ state: "warned", graceUntil });
    await rejoinCampaign(call, id);
    await pass(0);
    expect(await checkOf(id)).toMatchObject({ state: "due" });
    await leaveCampaign(call, id);
    expect(await checkOf(id)).toMatchObject({ state: "warned", dueAt: null });
  });

  test("two workers at once do everything once", async () => {
    const world = await open({ graceHours: 0 });
    const people = [];
    for (let i = 0; i < 8; i++) people.push(await member(world, `P${i}`));
    for (let i = 0; i < 8; i++) await profile(world, `P${i}`, { level: 1 });
    clock.now += 24 * HOUR;
    await Promise.all([1, 2, 3, 4].map(() => keepChecks(call.ports)));
    for (const { id } of people) {
      expect(await told(world, id)).toEqual(["participant.warned", "participant.removed"]);
      expect(await trail(id)).toHaveLength(2);
    }
    for (let i = 0; i < 8; i++) await profile(world, `P${i}`, { level: 9 });
    clock.now += 24 * HOUR;
    await Promise.all([1, 2, 3, 4].map(() => keepChecks(call.ports)));
    for (const { id } of people) {
      expect((await told(world, id)).at(-1)).toBe("participant.restored");
      expect(await told(world, id)).toHaveLength(3);
      expect(await seatStateOf(id)).toBe("confirmed");
    }
  });

  test("a campaign that has ended judges nobody", async () => {
    const world = await open({ graceHours: 0 });
    const { id } = await member(world, "Bo");
    await profile(world, "Bo", { level: 1 });
    await moveCampaign(call, world.campaign.id, "end");
    await pass(24);
    expect(await checkOf(id)).toMatchObject({ state: "passing", dueAt: null });
    expect(clock.now).toBeGreaterThan(START);
  });
});
