import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { newSeat } from "../../src/domain/allocation.ts";
import { formatId, type Id } from "../../src/domain/id.ts";
import { createCampaign, moveCampaign, patchCampaign } from "../../src/services/campaigns.ts";
import { mergeGroup } from "../../src/services/group-life.ts";
import { patchGroup } from "../../src/services/groups.ts";
import { listEvents, readHealth } from "../../src/services/health.ts";
import { createInvite } from "../../src/services/invites.ts";
import { confirmParticipant, leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import { passOf } from "../../src/services/passes.ts";
import { openPass } from "../../src/services/seats.ts";
import { keepSeats } from "../../src/services/upkeep.ts";
import { updateGroup } from "../../src/store/groups.ts";
import { reseat } from "../../src/store/seats.ts";
import { rejoin } from "../../src/store/standing/movements.ts";
import {
  RESERVED,
  clock,
  call,
  type World,
  allocation,
  RESERVE,
  open,
  join,
  joined,
  used,
  waiting,
  events,
} from "./seats-world.ts";

describe("a reservation", () => {
  test("is confirmed until its last millisecond, and then nobody's: also before the job has come by", async () => {
    const world = await open([2], RESERVE);
    const [early, late] = [await joined(world, "early"), await joined(world, "late")];
    clock.now += RESERVED - 1;
    const confirmed = await confirmParticipant(call, early, "carrier");
    const seat = { seatState: "confirmed", seatUntil: null, seatConfirmedAt: clock.now };
    expect(confirmed).toMatchObject({ ...seat, confirmationSource: "carrier" });
    expect(await confirmParticipant(call, early, "operator")).toEqual(confirmed);
    clock.now += 1;
    await expect(confirmParticipant(call, late, "carrier")).rejects.toMatchObject({
      code: "invalid_transition",
    });
    await joined(world, "next");
    expect(await used(world.ids[0])).toBe(2);
    expect((await events(world)).map(({ kind, subject }) => [kind, subject])).toEqual([
      ["seat.lapsed", late],
    ]);
    expect((await join(world, "late")).participant?.group).toBeNull();
  });

  test("that ran out comes back to whoever held it, where it is still free", async () => {
    const world = await open([1], RESERVE);
    const id = await joined(world, "slow");
    clock.now += RESERVED;
    const { outcome, participant } = await join(world, "slow");
    expect([outcome, participant?.id, participant?.group?.id]).toEqual(["already_joined", id, world.ids[0]]);
    expect((await confirmParticipant(call, id, "operator")).seatState).toBe("confirmed");
  });

  test("of one campaign, run out, frees the group for another campaign's queue at the next job", async () => {
    const world = await open([1], RESERVE);
    const campaign = await createCampaign(call, {
      communityId: world.community.id,
      name: "Other",
      type: "event",
    });
    await moveCampaign(call, campaign.id, "publish");
    const other = { campaign, invite: await createInvite(call, campaign.id, { channel: "poster" }) };
    await joined(world, "holder");
    expect((await join(other, "waiter")).outcome).toBe("waitlisted");
    clock.now += RESERVED;
    await keepSeats(call.ports);
    expect([await waiting(other), await used(world.ids[0])]).toEqual([0, 1]);
  });

  test("does not hinder a merge once it ran out", async () => {
    const world = await open([1, 1], RESERVE);
    await joined(world, "a");
    await confirmParticipant(call, await joined(world, "b"), "carrier");
    clock.now += RESERVED;
    await mergeGroup(call, world.ids[1] as Id, world.ids[0] as Id);
    expect([await used(world.ids[0]), await used(world.ids[1])]).toEqual([1, 0]);
  });
});

describe("the queue", () => {
  test("is not overtaken by those who come back or are seated anew, whatever freed the seat", async () => {
    const world = await open([2, 1]);
    const [back, moved] = [await joined(world, "back"), await joined(world, "moved")];
    await joined(world, "stays");
    await leaveCampaign(call, back);
    await joined(world, "takes the seat");
    expect((await join(world, "first")).outcome).toBe("waitlisted");
    expect((await join(world, "second")).outcome).toBe("waitlisted");
    await patchGroup(call, world.ids[0] as Id, { state: "closed" });
    // A seat that nobody was told of: as between two batches of a rival process.
    const tenant = { workspaceId: call.actor.workspaceId, campaignId: null };
    await updateGroup(call.ports.db, tenant, world.ids[1] as Id, { capacity: 2 }, clock.now);
    const seating = {
      strategy: "in_order" as const,
      seat: newSeat(allocation({}), clock.now),
      mayWait: false,
      now: clock.now,
    };
    const movement = { actor: "test", at: null, eventId: null, now: clock.now };
    await rejoin(call.ports.db, tenant, back, movement, seating, call.ports.newId);
    await reseat(call.ports.db, moved, seating, call.ports.newId());
    expect(await used(world.ids[1])).toBe(1);

    const asked = await join(world, "moved");
    expect([asked.outcome, asked.participant?.group, asked.waitlistPosition]).toEqual([
      "already_joined",
      null,
      2,
    ]);
    expect((await join(world, "first")).participant?.group?.id).toBe(world.ids[1]);
    expect((await rejoinCampaign(call, back)).groupId).toBeNull();
    expect((await join(world, "back")).waitlistPosition).toBe(3);
    await patchGroup(call, world.ids[1] as Id, { capacity: 4 });
    expect(await waiting(world)).toBe(1);
    expect((await join(world, "moved")).participant?.group?.id).toBe(world.ids[1]);
    await patchGroup(call, world.ids[1] as Id, { capacity: 5 });
    expect((await join(world, "back")).participant?.group?.id).toBe(world.ids[1]);
  });

  test("of 250 is seated in order when capacity is raised, each with an invite, a pass and an event", async () => {
    const world = await open([1]);
    await joined(world, "host");
    for (let n = 0; n < 250; n++) await join(world, `q${n}`);
    await patchGroup(call, world.ids[0] as Id, { capacity: 231 });
    expect(await waiting(world)).toBe(20);
    const [rows] = await call.ports.db.read([
      call.ports.db.q.all<[string, number, number, string]>(
        sql`SELECT p.display_name, p.id, i.id AS invite, i.code FROM participants p JOIN invites i ON i.participant_id = p.id
          WHERE p.campaign_id = (SELECT max(id) FROM campaigns) ORDER BY p.id`,
      ),
    ]);
    expect(rows.map(([name]) => name)).toEqual(["host", ...Array.from({ length: 230 }, (_, n) => `q${n}`)]);
    expect(new Set(rows.map(([, , , code]) => code)).size).toBe(231);
    const told = new Set<Id>();
    for (let cursor: string | undefined; ;) {
      const page = await listEvents(call, world.campaign.id, { limit: 100, cursor });
      for (const { kind, subject } of page.data) if (kind === "waitlist.promoted") told.add(subject);
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(told).toEqual(new Set(rows.slice(1).map(([, id]) => formatId("participant", id))));
    const pass = await passOf(call.ports, formatId("participant", rows[1]?.[1] as number));
    expect((await openPass(call.ports, pass)).seat).toEqual({ state: "confirmed", until: null });
  });

  test("holds the uses of an invite with a limit: promotion does not go past it", async () => {
    const world = await open([1]);
    await joined(world, "host");
    const few = {
      ...world,
      invite: await createInvite(call, world.campaign.id, { channel: "few", maxUses: 2 }),
    };
    expect((await join(few, "a")).outcome).toBe("waitlisted");
    expect((await join(few, "b")).outcome).toBe("waitlisted");
    await expect(join(few, "c")).rejects.toMatchObject({ code: "invite_used_up" });
    expect((await join(few, "a")).waitlistPosition).toBe(1);
    await patchGroup(call, world.ids[0] as Id, { capacity: 9 });
    expect([await waiting(world), await used(world.ids[0])]).toEqual([0, 3]);
    await expect(join(few, "c")).rejects.toMatchObject({ code: "invite_used_up" });
  });

  test("that was left over when the waitlist was switched off is seated before newcomers, who are told at once", async () => {
    const world = await open([1]);
    await joined(world, "host");
    await join(world, "left over");
    await patchCampaign(call, world.campaign.id, { allocation: allocation({ fallback: [] }) });
    const tenant = { workspaceId: call.actor.workspaceId, campaignId: null };
    await updateGroup(call.ports.db, tenant, world.ids[0] as Id, { capacity: 2 }, clock.now);
    expect(await join(world, "newcomer")).toMatchObject({ outcome: "closed", closed: "no_seats" });
    expect((await join(world, "left over")).participant?.group?.id).toBe(world.ids[0]);
    expect((await readHealth(call, world.campaign.id)).lostDemand).toBe(1);
  });

  test("of every campaign is looked after, however many there are, and a paused one waits", async () => {
    const worlds = [];
    for (let n = 0; n < 120; n++) {
      const world = await open([1], RESERVE);
      await joined(world, "holder");
      await join(world, "waiter");
      worlds.push(world);
    }
    const paused = worlds[7] as World;
    await moveCampaign(call, paused.campaign.id, "pause");
    clock.now += RESERVED;
    await keepSeats(call.ports);
    const left = [];
    for (const world of worlds) left.push(await waiting(world));
    expect(left).toEqual(worlds.map((world) => (world === paused ? 1 : 0)));
    await moveCampaign(call, paused.campaign.id, "resume");
    await keepSeats(call.ports);
    expect(await waiting(paused)).toBe(0);
  });
});
