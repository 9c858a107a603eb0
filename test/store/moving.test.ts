import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Call } from "../../src/services/call.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { moveParticipant } from "../../src/services/standing.ts";
import type { Db } from "../../src/store/db.ts";
import { holdFolds, releaseFolds } from "../../src/store/fold/hold.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import { openTown } from "./verify-world.ts";

const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
const CAUSE = { cause: "as the test says" };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
let town: Awaited<ReturnType<typeof openTown>>;
beforeEach(async () => {
  opened = await openPorts(clock);
  call = opened.call;
  town = await openTown(call, clock);
  for (let i = 0; i < 8; i++) await town.join(town.people[i >> 1]);
  await foldCampaign(call.ports, town.campaign.id);
});
afterEach(() => opened.close());

const person = (n: number) => town.people[n]?.id as string;
const move = (by: Call, who: number, to: number) =>
  moveParticipant(by, person(who) as never, { inviterId: person(to), ...CAUSE });

/** A server beside which another one lets somebody in and folds, each time it has read something. */
function besideRival() {
  const rival = { folds: 0 };
  let busy = false;
  const read = async (...args: Parameters<Db["read"]>) => {
    const results = await call.ports.db.read(...args);
    if (busy) return results;
    busy = true;
    const at = clock.now;
    await town.join(town.people[0]);
    clock.now = at + 1;
    const fold = foldCampaign(call.ports, town.campaign.id).then(() => (rival.folds += 1));
    // The first has nothing to wait for; later ones may have to wait for this very server.
    await (rival.folds === 0 ? fold : Promise.race([fold, setTimeout(30)]));
    busy = false;
    return results;
  };
  const db = { ...call.ports.db, read } as unknown as Db;
  return { rival, call: { ...call, ports: { ...call.ports, db } } };
}

describe("a move beside a server that folds all the time", () => {
  test("is done once the other waits for it, and both boards and tree are right", async () => {
    const beside = besideRival();
    await move(beside.call, 5, 3);
    expect(beside.rival.folds).toBeGreaterThan(0);
    await foldCampaign(call.ports, town.campaign.id);
    expect(await findDifferences(call.ports.db)).toEqual([]);
  });

  test("lets folds go on behind it, whether it was done or refused", async () => {
    const { call: besideIt } = besideRival();
    await move(besideIt, 5, 3);
    await expect(move(besideIt, 3, 5)).rejects.toMatchObject({ code: "invalid_move" });
    await town.join(town.people[2]);
    // The clock stands still: a hold would never run out.
    await foldCampaign(call.ports, town.campaign.id);
    expect(await findDifferences(call.ports.db)).toEqual([]);
  });
});

describe("folds that are held", () => {
  const hold = (mine: number | null, until: number) =>
    holdFolds(call.ports.db, town.campaign.id, { mine, until, now: clock.now });

  test("go on when they are let, not before", async () => {
    const until = clock.now + 5_000;
    expect(await hold(null, until)).toBe(true);
    expect(await hold(null, until + 1)).toBe(false);
    expect(await hold(until, until + 2)).toBe(true);
    await town.join(town.people[0]);
    const waiting = foldCampaign(call.ports, town.campaign.id).then(() => "folded");
    expect(await Promise.race([waiting, setTimeout(300, "waits")])).toBe("waits");
    await releaseFolds(call.ports.db, town.campaign.id, until);
    expect(await Promise.race([waiting, setTimeout(300, "waits")])).toBe("waits");
    await releaseFolds(call.ports.db, town.campaign.id, until + 2);
    expect(await waiting).toBe("folded");
  });

  test("go on when whoever held them never came back", async () => {
    expect(await hold(null, clock.now + 500)).toBe(true);
    await town.join(town.people[0]);
    const waiting = foldCampaign(call.ports, town.campaign.id).then(() => "folded");
    clock.now += 501;
    expect(await waiting).toBe("folded");
    expect(await hold(null, clock.now + 500)).toBe(true);
  });
});
