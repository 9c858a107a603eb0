import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { followDelay, MAX_LAG_MS } from "../../src/domain/freshness.ts";
import { timerLater } from "../../src/runtime/later/timer.ts";
import type { Ports } from "../../src/runtime/ports.ts";
import type { Call } from "../../src/services/call.ts";
import { nodeTurn } from "../../src/runtime/turn-node.ts";
import { readLeaderboard } from "../../src/services/boards.ts";
import { foldInTurn, foldSoon } from "../../src/services/following.ts";
import { joinByServer } from "../../src/services/joins.ts";
import type { Db } from "../../src/store/db.ts";
import { readFold } from "../../src/store/fold/read.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";

const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(() => opened.close());

const isDone = async (db: Db, campaignId: string) =>
  (await readFold(db, campaignId, 1, clock.now)).target === null;

const until = async (holds: () => Promise<boolean>) => {
  while (!(await holds())) await setTimeout(20);
};

/** Ports whose folds read slowly, and fail as often as `failures` says; and how many of them read at once. */
function slowPorts(ports: Ports, ms: number, failures = 0) {
  const seen = { atOnce: 0, most: 0, folds: 0, asides: 0, failed: 0 };
  const reduce: Db["reduce"] = async (...asked) => {
    seen.folds++;
    seen.most = Math.max(seen.most, ++seen.atOnce);
    seen.asides += Number(asked[3]);
    try {
      if (seen.failed < failures) {
        seen.failed++;
        throw new Error("the disk is full");
      }
      await setTimeout(ms);
      return await ports.db.reduce(...asked);
    } finally {
      seen.atOnce--;
    }
  };
  return {
    seen,
    ports: { ...ports, now: Date.now, db: { ...ports.db, reduce }, later: timerLater(ports.log) },
  };
}

const joinAs = (campaignId: string, invite: string, name: string) =>
  joinByServer(
    call,
    campaignId,
    { invite, identity: { type: "custom", value: name }, acknowledged: true, answers: {} },
    "en",
  );

describe("boards that follow", () => {
  test("are folded by one fold at a time, however long it takes and however many join meanwhile", async () => {
    const { campaign, invite } = await openCampaign(call, [1000]);
    const { seen, ports } = slowPorts(call.ports, 300);
    for (let i = 0; i < 20; i++) {
      await joinAs(campaign.id, invite.code, `person ${i}`);
      foldSoon(ports, campaign.id);
      await setTimeout(60);
    }
    await until(() => isDone(call.ports.db, campaign.id));
    expect(seen.folds).toBeGreaterThan(2);
    expect(seen.most).toBe(1);
  });

  test("are folded beside those who join, until that takes so long that it is their turn to wait", async () => {
    for (const [ms, isAside] of [
      [0, true],
      [300, false],
    ] as const) {
      const { campaign, invite } = await openCampaign(call, [1000]);
      const { seen, ports } = slowPorts(call.ports, ms);
      const together = { ...ports, turn: nodeTurn() };
      // The first fold begins the boards, in steps of its own.
      await foldInTurn(together, campaign.id);
      expect(seen.asides).toBe(seen.folds);
      await joinAs(campaign.id, invite.code, "somebody");
      seen.asides = seen.folds = 0;
      await foldInTurn(together, campaign.id);
      expect(seen.folds).toBeGreaterThan(0);
      expect(seen.asides).toBe(isAside ? seen.folds : 0);
    }
  });

  test("follow again after a fold that failed", async () => {
    const { campaign, invite } = await openCampaign(call, [1000]);
    const { seen, ports } = slowPorts(call.ports, 0, 1);
    await joinAs(campaign.id, invite.code, "somebody");
    foldSoon(ports, campaign.id);
    await until(async () => seen.failed === 1);
    expect(await isDone(call.ports.db, campaign.id)).toBe(false);
    foldSoon(ports, campaign.id);
    await until(() => isDone(call.ports.db, campaign.id));
  });

  test("are folded once for all who ask while a fold is under way, and each sees what was there when they asked", async () => {
    const { campaign, invite } = await openCampaign(call, [1000]);
    const { seen, ports } = slowPorts(call.ports, 200);
    const together = { ...call, ports: { ...ports, turn: nodeTurn() } };
    const inviter = await joinAs(campaign.id, invite.code, "inviter");
    const ask = async (limit: number) => {
      const board = await readLeaderboard(together, campaign.id, { limit, fresh: true });
      return board.data[0]?.score;
    };
    await ask(1);
    seen.folds = 0;
    await joinAs(campaign.id, inviter.participant?.inviteCode ?? "", "friend 1");
    // One begins, and the boards follow it too; then somebody joins whom it may have missed.
    const first = ask(2);
    foldSoon(together.ports, campaign.id);
    await until(async () => seen.atOnce === 1);
    await joinAs(campaign.id, inviter.participant?.inviteCode ?? "", "friend 2");
    const others = Array.from({ length: 10 }, (_, i) => ask(3 + i));
    expect(await Promise.all(others)).toEqual(others.map(() => 2));
    expect(await first).toBeGreaterThanOrEqual(1);
    expect(seen.most).toBe(1);
    // A fold that has something to do looks a second time whether there is more.
    expect(seen.folds).toBeLessThanOrEqual(6);
  });

  test("are folded anew by whoever asks after a fold that failed, and who asked for that one hears of it", async () => {
    const { campaign, invite } = await openCampaign(call, [1000]);
    const { ports } = slowPorts(call.ports, 100, 1);
    const together = { ...call, ports: { ...ports, turn: nodeTurn() } };
    await joinAs(campaign.id, invite.code, "somebody");
    const ask = (limit: number) => readLeaderboard(together, campaign.id, { limit, fresh: true });
    await expect(ask(1)).rejects.toThrow("the disk is full");
    await ask(2);
    expect(await isDone(call.ports.db, campaign.id)).toBe(true);
  });

  test("follow where a reader went away in the middle of a fold, and no request may wait for another's", async () => {
    const { campaign, invite } = await openCampaign(call, [1000]);
    const { seen, ports } = slowPorts(call.ports, 0);
    let left = false;
    const reduce: Db["reduce"] = (...asked) => {
      if (left) return ports.db.reduce(...asked);
      left = true;
      return new Promise<never>(() => {});
    };
    const away = { ...call, ports: { ...ports, db: { ...ports.db, reduce } } };
    await joinAs(campaign.id, invite.code, "somebody");
    void readLeaderboard(away, campaign.id, { limit: 1, fresh: true });
    await until(async () => left);
    const began = Date.now();
    foldSoon(away.ports, campaign.id);
    await until(() => isDone(call.ports.db, campaign.id));
    expect(seen.folds).toBeGreaterThan(0);
    // Far less than what a fold of its own is waited for that was broken off.
    expect(Date.now() - began).toBeLessThan(3000);
  });

  test("are less than a second old where folds take less than 0.4 s: one, the pause, and the next one", () => {
    const property = fc.property(fc.double({ min: 0, max: 400, noNaN: true }), (took) => {
      expect(followDelay(took)).toBeGreaterThan(0);
      expect(took + followDelay(took) + took).toBeLessThan(MAX_LAG_MS);
    });
    fc.assert(property);
  });
});
