import { describe, expect, test } from "vitest";
import { type Id, parseId } from "../../src/domain/id.ts";
import { createCampaign, moveCampaign, patchCampaign } from "../../src/services/campaigns.ts";
import { patchGroup } from "../../src/services/groups.ts";
import { createInvite } from "../../src/services/invites.ts";
import { moveParticipant, removeParticipant, restoreParticipant } from "../../src/services/standing.ts";
import type { JoinCredit } from "../../src/store/join/credit.ts";
import { chain, decided, enter, entries, type Person, qualifying, ROOT, usesOf } from "./credit-world.ts";
import { call, clock, MINUTE, open } from "./seats-world.ts";

const WHY = { cause: "test" };

describe("who is credited", () => {
  test("is the door's person, or whoever's invite the service names; the door's uses count all the same", async () => {
    const { world, people } = await chain(2);
    const [root, friend] = people as [Person, Person];
    expect(await decided(world, "0")).toEqual(ROOT);
    expect(await decided(world, "1")).toEqual({ ...ROOT, parent: root.id, depth: 1, level: 1 });

    const touches = [[parseId("invite", friend.invite) as number, 5, 1]] satisfies JoinCredit["touches"];
    await enter(world, "named", root.invite, { inviteId: friend.invite, touches });
    const named = { ...ROOT, parent: friend.id, depth: 2, level: 2, via: friend.invite, touches };
    expect(await decided(world, "named")).toEqual(named);
    expect([await usesOf(root.invite), await usesOf(friend.invite)]).toEqual([2, 0]);

    const poster = await createInvite(call, world.campaign.id, { channel: "poster" });
    await enter(world, "by a poster", root.invite, { inviteId: poster.id });
    expect(await decided(world, "by a poster")).toEqual({ ...ROOT, via: poster.id });
  });

  test("is the door's person where the named invite is of another campaign, or the door's own", async () => {
    const { world, people } = await chain(1);
    const other = await chain(1);
    const [root, stranger] = [people[0] as Person, other.people[0] as Person];
    for (const [name, inviteId] of [
      ["of another campaign", stranger.invite],
      ["the door's", root.invite],
    ] as const) {
      await enter(world, name, root.invite, { inviteId });
      expect(await decided(world, name)).toEqual({ ...ROOT, parent: root.id, depth: 1, level: 1 });
    }
  });
});

describe("nobody is credited", () => {
  test("with somebody who joins from the inviter's own browser", async () => {
    const { world, people } = await chain(2);
    const [root, friend] = people as [Person, Person];
    await enter(world, "again", root.invite, { holderId: root.id });
    expect(await decided(world, "again")).toEqual({ ...ROOT, refusal: "self_referral" });
    await enter(world, "and again", root.invite, { inviteId: friend.invite, holderId: friend.id });
    const refused = { ...ROOT, via: friend.invite, refusal: "self_referral" };
    expect(await decided(world, "and again")).toEqual(refused);
  });

  test("with somebody from the browser of one who stands above the inviter today", async () => {
    const { world, people } = await chain(5);
    const [root, , , low, last] = people as [Person, Person, Person, Person, Person];
    const beside = await enter(world, "beside", root.invite);
    const cases = [
      ["from above", root.id, last.invite, "own_descendant"],
      ["from just above", low.id, last.invite, "own_descendant"],
      ["from below", last.id, low.invite, null],
      ["from beside", beside.id, last.invite, null],
    ] as const;
    for (const [name, holderId, door, refusal] of cases) {
      await enter(world, name, door, { holderId });
      const { parent, refusal: said } = await decided(world, name);
      expect(said, name).toBe(refusal);
      expect(parent === null, name).toBe(refusal !== null);
    }
    // Corrections count: `beside` is above them now, and the root is not any more.
    await moveParticipant(call, low.id, { inviterId: beside.id, ...WHY });
    await moveParticipant(call, beside.id, { inviterId: null, ...WHY });
    await enter(world, "from beside, now above", last.invite, { holderId: beside.id });
    expect((await decided(world, "from beside, now above")).refusal).toBe("own_descendant");
    await enter(world, "from what was above", last.invite, { holderId: root.id });
    expect(await decided(world, "from what was above")).toEqual({
      ...ROOT,
      parent: last.id,
      depth: 5,
      level: 3,
    });
  });

  test("while the inviter is removed", async () => {
    const { world, people } = await chain(1);
    const root = people[0] as Person;
    await removeParticipant(call, root.id, WHY);
    await enter(world, "meanwhile", root.invite);
    expect(await decided(world, "meanwhile")).toEqual({ ...ROOT, refusal: "inviter_removed" });
    await restoreParticipant(call, root.id, WHY);
    await enter(world, "afterwards", root.invite);
    expect(await decided(world, "afterwards")).toMatchObject({ parent: root.id, refusal: null });
  });

  test("with somebody who was in the community before the campaign began, unless known people count", async () => {
    const { world } = await chain(3);
    clock.now += MINUTE;
    const startsAt = clock.now;
    const next = await createCampaign(call, {
      communityId: world.community.id,
      name: "Next",
      type: "event",
      startsAt,
    });
    await moveCampaign(call, next.id, "publish");
    const later = { community: world.community, campaign: next };
    const poster = await createInvite(call, next.id, { channel: "poster" });
    // A root can be anybody.
    const root = await enter(later, "0", poster.id);
    expect(await decided(later, "0")).toEqual(ROOT);
    await enter(later, "1", root.invite);
    expect(await decided(later, "1")).toEqual({ ...ROOT, refusal: "not_newcomer" });
    await enter(later, "2", root.invite, { allowKnown: true });
    expect(await decided(later, "2")).toEqual({ ...ROOT, parent: root.id, depth: 1, level: 1 });
    await enter(later, "new", root.invite);
    expect(await decided(later, "new")).toEqual({ ...ROOT, parent: root.id, depth: 1, level: 1 });
    // Whoever came to another campaign since this one began is a newcomer here.
    await enter(world, "elsewhere", world.invite.id);
    clock.now += MINUTE;
    await enter(later, "elsewhere", root.invite);
    expect(await decided(later, "elsewhere")).toMatchObject({ parent: root.id, refusal: null });
  });
});

describe("the queue", () => {
  test("is credited when it is seated, by the same rules", async () => {
    const world = await open([1]);
    const root = await enter(world, "root", world.invite.id);
    clock.now += MINUTE;
    const later = await createCampaign(call, {
      communityId: world.community.id,
      name: "Later",
      type: "event",
    });
    await moveCampaign(call, later.id, "publish");
    const next = { community: world.community, campaign: later };
    const poster = await createInvite(call, later.id, { channel: "poster" });
    await patchGroup(call, world.ids[0] as Id, { capacity: 2 });
    const first = await enter(next, "first", poster.id);
    for (const name of ["root", "new", "newer"])
      expect((await enter(next, name, first.invite)).waits, name).toBe(true);
    expect((await enter(world, "friend", root.invite)).waits).toBe(true);

    await patchCampaign(call, later.id, { referral: { qualifyAfterMinutes: 5 } });
    clock.now += MINUTE;
    await patchGroup(call, world.ids[0] as Id, { capacity: 10 });
    expect(await decided(next, "root")).toEqual({ ...ROOT, refusal: "not_newcomer" });
    for (const name of ["new", "newer"])
      expect(await decided(next, name)).toEqual({ ...ROOT, parent: first.id, depth: 1, level: 1 });
    expect(await decided(world, "friend")).toEqual({ ...ROOT, parent: root.id, depth: 1, level: 1 });
    // The wait for a seat is no stay: it counts from now on, by the rules of today.
    expect(await qualifying(next, "new")).toEqual([clock.now, null, clock.now + 5 * MINUTE]);
    expect(await entries(next, "new")).toEqual([["joined", "waitlist", "", clock.now + 5 * MINUTE, 2]]);
    expect(await entries(world, "friend")).toEqual([
      ["joined", "waitlist", "", clock.now, 1],
      ["qualified", "clock", String(clock.now), null, 1],
    ]);
  });

  test("takes known people where the campaign says so, and nobody for a person who was removed", async () => {
    const world = await open([1]);
    await enter(world, "known", world.invite.id);
    clock.now += MINUTE;
    const later = await createCampaign(call, {
      communityId: world.community.id,
      name: "Later",
      type: "event",
      attribution: { model: "last_touch", windowDays: 30, allowKnown: true },
    });
    await moveCampaign(call, later.id, "publish");
    const next = { community: world.community, campaign: later };
    const poster = await createInvite(call, later.id, { channel: "poster" });
    await patchGroup(call, world.ids[0] as Id, { capacity: 3 });
    const [good, bad] = [await enter(next, "good", poster.id), await enter(next, "bad", poster.id)];
    expect((await enter(next, "known", good.invite)).waits).toBe(true);
    expect((await enter(next, "of the bad", bad.invite)).waits).toBe(true);
    await removeParticipant(call, bad.id, WHY);
    await patchGroup(call, world.ids[0] as Id, { capacity: 9 });
    expect(await decided(next, "known")).toEqual({ ...ROOT, parent: good.id, depth: 1, level: 1 });
    expect(await decided(next, "of the bad")).toEqual({ ...ROOT, refusal: "inviter_removed" });
  });
});

describe("when a join qualifies", () => {
  test("at once where nobody has to stay, with an entry where that is credited to somebody", async () => {
    const { world } = await chain(2);
    const at = clock.now;
    expect(await qualifying(world, "0")).toEqual([at, at, null]);
    expect(await qualifying(world, "1")).toEqual([at, at, null]);
    expect(await entries(world, "0")).toEqual([["joined", "gate", "", at, 1]]);
    expect(await entries(world, "1")).toEqual([
      ["joined", "gate", "", at, 1],
      ["qualified", "clock", String(at), null, 1],
    ]);
  });

  test("after the minutes of the rules that are in force at the join", async () => {
    const { world, people } = await chain(1);
    const root = people[0] as Person;
    await patchCampaign(call, world.campaign.id, { referral: { qualifyAfterMinutes: 30 } });
    clock.now += MINUTE;
    const at = clock.now;
    await enter(world, "patient", root.invite);
    expect(await qualifying(world, "patient")).toEqual([at, null, at + 30 * MINUTE]);
    expect(await entries(world, "patient")).toEqual([["joined", "gate", "", at + 30 * MINUTE, 2]]);
    expect(await qualifying(world, "0")).toEqual([at - MINUTE, at - MINUTE, null]);
  });
});
