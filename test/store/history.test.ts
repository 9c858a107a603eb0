import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Call } from "../../src/services/call.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import { BEGIN } from "./history-boards.ts";
import { afterRebuild, historyProperty, type Over } from "./history-compare.ts";

const clock: Clock = { now: BEGIN };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(() => opened.close());

test("one history drives all that can be read, and it is what a naive model says in any order", async () => {
  const over: Over = [];
  await fc.assert(historyProperty(call, clock, over, 100, 30), { numRuns: 8, endOnFailure: true });
  expect(await findDifferences(call.ports.db)).toEqual([]);
  await afterRebuild(call, clock, over);
});
