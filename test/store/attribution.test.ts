import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Touch } from "../../src/domain/attribution.ts";
import type { Id } from "../../src/domain/id.ts";
import type { Call } from "../../src/services/call.ts";
import { patchCampaign } from "../../src/services/campaigns.ts";
import { patchGroup } from "../../src/services/groups.ts";
import { createInvite } from "../../src/services/invites.ts";
import { joinAtGate, joinByServer } from "../../src/services/joins.ts";
import { getParticipant } from "../../src/services/participants.ts";
import { readTrail, sealTrail } from "../../src/services/touches.ts";
import { replayAttribution } from "../../src/store/attribution.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";

const DAY = 86_400_000;
const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };

let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(() => opened.close());

/** A campaign that credits the first invite of ten days, with a second channel. */
async function open(capacity = 100) {
  const world = await openCampaign(call, [capacity]);
  const attribution = { model: "first_touch", windowDays: 10 } as const;
  await patchCampaign(call, world.campaign.id, { attribution });
  const radio = await createInvite(call, world.campaign.id, { channel: "radio" });
  return { ...world, radio };
}
type World = Awaited<ReturnType<typeof open>>;

let counter = 0;
const body = () => ({
  identity: { type: "custom" as const, value: `person ${++counter}` },
  acknowledged: true,
  answers: {},
});

const replay = (world: World, model: "first_touch" | "last_touch", most = 100, before: Id | null = null) =>
  replayAttribution(
    call.ports.db,
    { workspaceId: call.actor.workspaceId, campaignId: null },
    world.campaign.id,
    { model, windowDays: 10, before },
    { limit: 100, position: null },
    most,
  );

describe("what a browser carries, as time passes", () => {
  const carried = async (world: World, at: number): Promise<string> => {
    const trail: Touch[] = [{ inviteId: world.radio.id, at, how: "link" }];
    return sealTrail(call.ports, world.campaign.id, trail);
  };
  const joinWith = (world: World, text: string) => {
    const browser = {
      holderOf: async () => null,
      applicationOf: async () => null,
      country: null,
      touchesOf: (campaignId: Id) => readTrail(call.ports, campaignId, text),
    };
    return joinAtGate(call.ports, world.invite.code, body(), browser, "en");
  };

  test("it counts to the second until the campaign's window is over", async () => {
    const world = await open();
    const text = await carried(world, clock.now);
    clock.now += 10 * DAY;
    const inTime = await joinWith(world, text);
    clock.now += 1000;
    const late = await joinWith(world, text);
    const rows = await Promise.all(
      [inTime, late].map(({ participant }) => getParticipant(call, participant?.id as Id)),
    );
    expect(rows.map(({ creditedVia }) => creditedVia)).toEqual([world.radio.id, null]);
    // What came too late is kept all the same: other rules may count it.
    expect(rows.map(({ touches }) => touches?.length)).toEqual([2, 2]);
  });

  test("no rule counts what is a year old: it is not even read", async () => {
    const world = await open();
    const text = await carried(world, clock.now - 365 * DAY);
    expect(await readTrail(call.ports, world.campaign.id, text)).toHaveLength(1);
    clock.now += 1000;
    expect(await readTrail(call.ports, world.campaign.id, text)).toEqual([]);
  });

  test("an hour's clock ahead of ours makes nobody win", async () => {
    const world = await open();
    await patchCampaign(call, world.campaign.id, { attribution: { model: "last_touch", windowDays: 10 } });
    const { participant } = await joinWith(world, await carried(world, clock.now + 3_600_000));
    const { creditedVia, touches } = await getParticipant(call, participant?.id as Id);
    expect(creditedVia).toBeNull();
    expect(touches?.map(([, at]) => at)).toEqual([clock.now, clock.now]);
  });
});

describe("the report on other rules", () => {
  const touch = (world: World, days: number) => [{ invite: world.radio.code, at: clock.now - days * DAY }];
  const bring = (world: World, days: number) =>
    joinByServer(
      call,
      world.campaign.id,
      { ...body(), invite: world.invite.code, touches: touch(world, days) },
      "en",
    );

  test("slices of it add up to the whole", async () => {
    const world = await open();
    for (let i = 0; i < 9; i++) await bring(world, 2 * i);
    const whole = await replay(world, "last_touch");
    expect(whole).toMatchObject({ participants: 9, joins: 9, changed: 6, truncated: false });
    const sums = { joins: 0, changed: 0, changes: [] as unknown[], now: 0, replayed: 0 };
    const sizes = [];
    for (let before: Id | null = null, more = true; more;) {
      const slice = await replay(world, "last_touch", 4, before);
      if (slice === undefined) throw new Error("no campaign");
      sizes.push(slice.joins);
      sums.joins += slice.joins;
      sums.changed += slice.changed;
      sums.changes.push(...slice.changes);
      for (const { channel, now, replayed } of slice.byChannel) {
        if (channel !== "radio") continue;
        sums.now += now;
        sums.replayed += replayed;
      }
      before = slice.oldest;
      more = slice.truncated;
    }
    expect(sizes).toEqual([4, 4, 1]);
    expect(sums).toEqual({ joins: 9, changed: 6, changes: whole?.changes, now: 6, replayed: 0 });
    expect(await replay(world, "last_touch", 4, whole?.oldest)).toMatchObject({
      joins: 0,
      oldest: null,
      truncated: false,
    });
  });

  test("of whoever waited, it asks what was so when they came", async () => {
    const world = await open(1);
    await joinByServer(call, world.campaign.id, { ...body(), invite: world.invite.code }, "en");
    const waiting = await bring(world, 9);
    expect(waiting.outcome).toBe("waitlisted");
    clock.now += 5 * DAY;
    await patchGroup(call, world.groups[0]?.id as Id, { capacity: 5 });
    expect(await replay(world, "first_touch")).toMatchObject({ participants: 2, joins: 1, changed: 0 });
    expect(await replay(world, "last_touch")).toMatchObject({ participants: 2, joins: 1, changed: 1 });
  });
});
