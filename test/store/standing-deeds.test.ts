import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { type Id, parseId } from "../../src/domain/id.ts";
import { getCampaign, patchCampaign } from "../../src/services/campaigns.ts";
import { patchGroup } from "../../src/services/groups.ts";
import { leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import { getParticipant } from "../../src/services/participants.ts";
import { readLedger } from "../../src/services/reports.ts";
import * as standing from "../../src/services/standing.ts";
import { findDue, qualifyDue } from "../../src/store/standing/qualify.ts";
import { call, clock, events, join, joined, MINUTE, open, used, type World } from "./seats-world.ts";

const because = { cause: "because" };

const entriesOf = async ({ campaign }: World, id?: Id) =>
  (await readLedger(call, campaign.id, { limit: 100 })).data
    .filter(({ participantId }) => id === undefined || participantId === id)
    .map(({ kind }) => kind);

/** Somebody who joins by another participant's own invite. */
async function invited(world: World, value: string, by: Id): Promise<Id> {
  const { db } = call.ports;
  const [[row]] = await db.read([
    db.q.all<[string]>(sql`SELECT code FROM invites WHERE participant_id = ${parseId("participant", by)}`),
  ]);
  return joined({ ...world, invite: { code: row?.[0] as string } }, value);
}

describe("leaves and returns without an event's id", () => {
  test("are kept only where they change something, and each comes after what is known", async () => {
    const world = await open([2]);
    const id = await joined(world, "a");
    // The clock stands still: a return told after a leave is one all the same.
    for (let i = 0; i < 3; i++) {
      for (let n = 0; n < 2; n++) expect((await leaveCampaign(call, id)).leftAt).not.toBeNull();
      for (let n = 0; n < 2; n++) expect((await rejoinCampaign(call, id)).leftAt).toBeNull();
    }
    const moves = ["left", "returned"];
    expect((await entriesOf(world, id)).filter((kind) => moves.includes(kind))).toEqual([
      ...moves,
      ...moves,
      ...moves,
    ]);
    clock.now += MINUTE;
    const before = await getParticipant(call, id);
    expect(await leaveCampaign(call, id, { at: clock.now - 2 * MINUTE })).toEqual(before);
    const left = await leaveCampaign(call, id, { at: clock.now - 1000 });
    expect(left.leftAt).toBe(clock.now - 1000);
    expect(await rejoinCampaign(call, id, { at: clock.now - 1001 })).toEqual(left);
    expect((await rejoinCampaign(call, id, { at: clock.now - 1000 })).leftAt).toBeNull();
    const told = (await events(world)).map(({ kind }) => kind);
    expect(told.toReversed()).toEqual(
      Array.from({ length: 4 }, () => moves.map((kind) => `participant.${kind}`)).flat(),
    );
  });
});

describe("somebody who is removed", () => {
  test("gives the seat to who waits, stays out whatever is told, and waits for one when restored", async () => {
    const world = await open([1]);
    const id = await joined(world, "a");
    expect((await join(world, "b")).outcome).toBe("waitlisted");
    const removed = await standing.removeParticipant(call, id, because);
    expect(removed).toMatchObject({
      standing: "removed",
      leftAt: null,
      groupId: null,
      standingCause: "because",
    });
    expect((await join(world, "b")).outcome).toBe("already_joined");
    await patchGroup(call, world.ids[0] as Id, { capacity: 3 });

    const refused = { code: "participant_removed" };
    await expect(rejoinCampaign(call, id)).rejects.toMatchObject(refused);
    await leaveCampaign(call, id, { eventId: "gone" });
    await expect(rejoinCampaign(call, id)).rejects.toMatchObject(refused);
    clock.now += 1;
    await expect(rejoinCampaign(call, id, { eventId: "back" })).rejects.toMatchObject(refused);
    // The gate gives them no seat either.
    expect((await join(world, "a")).participant?.group).toBeNull();
    expect(await used(world.ids[0])).toBe(1);
    // What an event told is known once they are restored: they came back.
    const restored = await standing.restoreParticipant(call, id, because);
    expect(restored).toMatchObject({
      standing: null,
      leftAt: null,
      groupId: world.ids[0],
      standingCause: null,
    });
    expect(await entriesOf(world, id)).toEqual(["joined", "removed", "left", "returned", "restored"]);
    expect((await events(world)).map(({ kind }) => kind)).toEqual(
      ["participant.removed", "waitlist.promoted"].toReversed(),
    );
  });

  test("is restored without a seat while others wait or none is free, and waits for one", async () => {
    const world = await open([1]);
    const id = await joined(world, "a");
    await standing.removeParticipant(call, id, because);
    await joined(world, "b");
    expect((await standing.restoreParticipant(call, id, because)).groupId).toBeNull();
    expect((await join(world, "c")).outcome).toBe("waitlisted");
    await patchGroup(call, world.ids[0] as Id, { capacity: 2 });
    expect((await getParticipant(call, id)).groupId).toBe(world.ids[0]);
    expect((await join(world, "c")).waitlistPosition).toBe(1);
  });

  test("is so by one of many who say it at once, and by the server's order when its clock goes back", async () => {
    const world = await open([2]);
    const id = await joined(world, "a");
    await Promise.all(Array.from({ length: 8 }, () => standing.removeParticipant(call, id, because)));
    expect(await used(world.ids[0])).toBe(0);
    clock.now -= MINUTE;
    await standing.restoreParticipant(call, id, because);
    await standing.disqualifyParticipant(call, id, because, true);
    clock.now -= MINUTE;
    await standing.disqualifyParticipant(call, id, because, false);
    clock.now += 2 * MINUTE;
    expect(await entriesOf(world, id)).toEqual([
      "joined",
      "removed",
      "restored",
      "disqualified",
      "reinstated",
    ]);
    expect(await getParticipant(call, id)).toMatchObject({ standing: null, disqualifiedAt: null });
  });
});

describe("moves", () => {
  const depths = async (ids: readonly Id[]) =>
    Promise.all(
      ids.map(async (id) => {
        const { depth, levelShift, inviterId } = await getParticipant(call, id);
        return [depth + levelShift, ids.indexOf(inviterId ?? "")];
      }),
    );

  test("take everybody below along, back and forth, and leave the first inviter in the ledger", async () => {
    const world = await open([20]);
    const a = await joined(world, "a");
    const b = await invited(world, "b", a);
    const c = await invited(world, "c", b);
    const d = await invited(world, "d", c);
    const z = await joined(world, "z");
    const ids = [a, b, c, d, z];
    expect(await depths(ids)).toEqual([
      [0, -1],
      [1, 0],
      [2, 1],
      [3, 2],
      [0, -1],
    ]);
    await standing.moveParticipant(call, c, { inviterId: z, ...because });
    expect(await depths(ids)).toEqual([
      [0, -1],
      [1, 0],
      [1, 4],
      [2, 2],
      [0, -1],
    ]);
    await standing.moveParticipant(call, z, { inviterId: b, ...because });
    expect(await depths(ids)).toEqual([
      [0, -1],
      [1, 0],
      [3, 4],
      [4, 2],
      [2, 1],
    ]);
    for (const below of [z, c, d]) {
      const move = standing.moveParticipant(call, z, { inviterId: below, ...because });
      const code = below === z ? "self" : "descendant";
      await expect(move).rejects.toMatchObject({
        code: "invalid_move",
        errors: [{ path: "/inviterId", code }],
      });
    }
    await standing.moveParticipant(call, c, { inviterId: null, ...because });
    expect(await depths(ids)).toEqual([
      [0, -1],
      [1, 0],
      [0, -1],
      [1, 2],
      [2, 1],
    ]);
    await standing.moveParticipant(call, c, { inviterId: b, ...because });
    expect(await depths(ids)).toEqual([
      [0, -1],
      [1, 0],
      [2, 1],
      [3, 2],
      [2, 1],
    ]);
    const moves = (await readLedger(call, world.campaign.id, { limit: 100 })).data.filter(
      ({ kind }) => kind === "moved",
    );
    expect(
      moves.map(({ participantId, parentId, fromParentId }) => [participantId, fromParentId, parentId]),
    ).toEqual([
      [c, b, z],
      [z, null, b],
      [c, z, null],
      [c, null, b],
    ]);
    expect((await getParticipant(call, c)).parentId).toBe(b);
  });

  test("at once never make a ring", async () => {
    const world = await open([20]);
    const ids: Id[] = [];
    for (let i = 0; i < 6; i++) ids.push(await joined(world, `p${i}`));
    const move = (from: number, to: number) =>
      standing.moveParticipant(call, ids[from] as Id, { inviterId: ids[to] as Id, ...because }).then(
        () => "moved",
        (error: { code: string }) => error.code,
      );
    const outcomes = await Promise.all(ids.map((_, i) => move(i, (i + 1) % ids.length)));
    expect(outcomes.filter((outcome) => outcome === "moved")).toHaveLength(ids.length - 1);
    expect(outcomes.filter((outcome) => outcome === "invalid_move")).toHaveLength(1);
    const levels = (await depths(ids)).map(([level]) => level);
    expect(levels.toSorted((a = 0, b = 0) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe("qualifying by the clock", () => {
  test("takes those first whose time came first, so many at a time, and once", async () => {
    const { db, newId } = call.ports;
    const world = await open([20]);
    await patchCampaign(call, world.campaign.id, { referral: { qualifyAfterMinutes: 10 } });
    const first = await joined(world, "a");
    const ids = [first];
    for (const value of ["b", "c", "d"]) {
      clock.now += MINUTE;
      ids.push(await invited(world, value, first));
    }
    const due = () => findDue(db, clock.now, null);
    const qualify = (limit: number) => qualifyDue(db, world.campaign.id, clock.now, limit, newId());
    expect(await due()).not.toContain(world.campaign.id);
    expect(await qualify(100)).toBe(0);
    const gone = ids.pop() as Id;
    await leaveCampaign(call, gone);
    clock.now += 9 * MINUTE;
    expect(await due()).toContain(world.campaign.id);
    expect(await findDue(db, clock.now, world.campaign.id)).not.toContain(world.campaign.id);
    expect([await qualify(2), await qualify(2), await qualify(2)]).toEqual([2, 1, 0]);
    expect(await due()).not.toContain(world.campaign.id);
    const { data } = await readLedger(call, world.campaign.id, { limit: 100 });
    const qualified = data.filter(({ kind }) => kind === "qualified");
    expect(qualified.map(({ participantId, parentId, actor }) => [participantId, parentId, actor])).toEqual(
      ids.slice(1).map((id) => [id, first, "clock"]),
    );
    for (const id of ids) {
      const { joinedAt, qualifiedAt, qualifiesAt } = await getParticipant(call, id);
      expect([qualifiedAt, qualifiesAt]).toEqual([joinedAt + 10 * MINUTE, null]);
    }
    expect(await getParticipant(call, gone)).toMatchObject({ qualifiedAt: null, qualifiesAt: null });
  });
});

describe("the rules of a campaign", () => {
  test("have a version a change, kept as it was; what is told later goes by the new one", async () => {
    const { db } = call.ports;
    const world = await open([5]);
    const { id } = world.campaign;
    const version = async () => (await getCampaign(call, id)).ruleVersion;
    const person = await joined(world, "a");
    expect(await version()).toBe(1);
    await patchCampaign(call, id, { referral: { qualifyAfterMinutes: 0 } });
    await patchCampaign(call, id, { name: "Autumn" });
    expect(await version()).toBe(1);
    await patchCampaign(call, id, { referral: { qualifyAfterMinutes: 30 } });
    await patchCampaign(call, id, { attribution: { model: "first_touch", windowDays: 3 } });
    expect(await version()).toBe(3);
    await Promise.all(
      [1, 2, 3].map((windowDays) =>
        patchCampaign(call, id, { attribution: { model: "last_touch", windowDays } }),
      ),
    );
    expect(await version()).toBe(6);
    const [rows] = await db.read([
      db.q.all<[number, string]>(sql`SELECT version, rules FROM campaign_rules
        WHERE campaign_id = ${parseId("campaign", id)} ORDER BY version`),
    ]);
    expect(rows.slice(0, 3).map(([nth, rules]) => [nth, JSON.parse(rules)])).toEqual([
      [1, { attribution: { model: "last_touch", windowDays: 30 }, referral: { qualifyAfterMinutes: 0 } }],
      [2, { attribution: { model: "last_touch", windowDays: 30 }, referral: { qualifyAfterMinutes: 30 } }],
      [3, { attribution: { model: "first_touch", windowDays: 3 }, referral: { qualifyAfterMinutes: 30 } }],
    ]);
    expect(rows).toHaveLength(6);
    await leaveCampaign(call, person);
    await rejoinCampaign(call, person);
    const { data } = await readLedger(call, id, { limit: 100 });
    expect(data.map(({ kind, ruleVersion }) => [kind, ruleVersion])).toEqual([
      ["joined", 1],
      ["left", 6],
      ["returned", 6],
    ]);
  });
});
