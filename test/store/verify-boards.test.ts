import { afterAll, beforeAll, expect, test } from "vitest";
import { keepBoards } from "../../src/services/upkeep.ts";
import { buildBoard } from "../../src/services/board-building.ts";
import type { Call } from "../../src/services/call.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { findUnbuilt } from "../../src/store/fold/lagging.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import { dice, keepMany, openTown, type Person } from "./verify-world.ts";

const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(() => opened.close());

const differences = () => findDifferences(call.ports.db, clock.now);

test.each([1, 2, 3])("boards of windows and filters stay right in whatever happens (%i)", async (seed) => {
  const roll = dice(seed);
  const { campaign, people, join, happen } = await openTown(call, clock);
  for (let i = 0; i < 10; i++) await join(people[roll(i + 1)]);
  for (let part = 0; part < 6; part++) {
    await foldCampaign(call.ports, campaign.id);
    await keepMany(call, campaign.id, clock.now - 60_000);
    for (let i = 0; i < 25; i++) await happen(roll);
    // Not everything is folded now, and boards are built from what is.
    await keepBoards(call.ports);
    expect(await findUnbuilt(call.ports.db)).toEqual([]);
    expect(await differences()).toEqual([]);
  }
});

test("a board that is half built stays right", async () => {
  const roll = dice(4);
  const { campaign, people, join, happen } = await openTown(call, clock);
  const first = await join(undefined);
  for (let i = 0; i < 1600; i++) await join(roll(3) === 0 ? first : (people[roll(people.length)] as Person));
  await foldCampaign(call.ports, campaign.id);
  await keepMany(call, campaign.id, clock.now - 800_000);
  for (const { campaignId, id, ...name } of await findUnbuilt(call.ports.db)) {
    await buildBoard(call.ports, campaignId, id, name, 0);
  }
  expect(await findUnbuilt(call.ports.db)).not.toEqual([]);
  for (let i = 0; i < 60; i++) await happen(roll);
  await foldCampaign(call.ports, campaign.id);
  expect(await differences()).toEqual([]);
  await keepBoards(call.ports);
  expect(await differences()).toEqual([]);
});
