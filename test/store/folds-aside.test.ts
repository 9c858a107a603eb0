import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { timerLater } from "../../src/runtime/later/timer.ts";
import { nodeTurn } from "../../src/runtime/turn-node.ts";
import { readLeaderboard } from "../../src/services/boards.ts";
import type { Call } from "../../src/services/call.ts";
import { foldInTurn } from "../../src/services/following.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import type { Driver } from "../../src/store/db.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { openCampaign, openPorts } from "../support/ports.ts";

let opened: Awaited<ReturnType<typeof openPorts>>;
let driver: Driver;
const reduced = { beside: 0, doubtful: 0 };
beforeAll(async () => {
  opened = await openPorts(undefined, (own) => {
    driver = own;
    const { reduce } = own;
    if (reduce === undefined) throw new Error("a file works out aside");
    const watched: typeof reduce = async (...asked) => {
      let turned = false;
      setImmediate(() => (turned = true));
      const step = await reduce(...asked);
      // A turn of the event loop went by: it was not worked out on the spot.
      if (turned) reduced.beside++;
      if (step.doubtful !== null) reduced.doubtful++;
      return step;
    };
    const plain: Driver = (statements, mode) => own(statements, mode);
    return Object.assign(plain, own, { reduce: watched });
  });
  // Only of a large file is anything read beside.
  const filler = [
    { sql: "CREATE TABLE filler (bytes BLOB)", params: [] },
    { sql: "INSERT INTO filler VALUES (zeroblob(20000000))", params: [] },
  ];
  await driver(filler, "write");
  await driver([{ sql: "PRAGMA wal_checkpoint", params: [] }], "read");
});
afterAll(() => opened.close());

test("boards that are worked out beside joins, leaves and returns are what the ledger says", async () => {
  const ports = { ...opened.ports, turn: nodeTurn(), later: timerLater(opened.ports.log) };
  const call: Call = { ...opened.call, ports };
  const { campaign, invite } = await openCampaign(call, [1000]);
  const people: { id: string; code: string }[] = [];
  let named = 0;
  const join = async () => {
    const from = people[Math.floor(Math.random() * people.length)]?.code ?? invite.code;
    const identity = { type: "custom" as const, value: `person ${++named}` };
    const input = { invite: from, identity, acknowledged: true as const, answers: {} };
    const { participant } = await joinByServer(call, campaign.id, input, "en");
    if (participant === null) throw new Error("nobody came in");
    people.push({ id: participant.id, code: participant.inviteCode ?? "" });
  };
  for (let round = 0; round < 40; round++) {
    const folding = foldInTurn(ports, campaign.id);
    await Promise.all(Array.from({ length: 8 }, join));
    const leaver = people[round * 5]?.id ?? "";
    await leaveCampaign(call, leaver);
    if (round % 3 === 0) await rejoinCampaign(call, leaver);
    await folding;
  }
  await setTimeout(300);
  await foldInTurn(ports, campaign.id);
  expect(reduced.beside).toBeGreaterThan(0);
  expect(reduced.doubtful).toBeGreaterThan(0);
  expect(await findDifferences(ports.db)).toEqual([]);
  const { data } = await readLeaderboard(call, campaign.id, { metric: "team", limit: 100 });
  expect(data.length).toBeGreaterThan(20);
});
