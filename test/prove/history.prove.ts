import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Call } from "../../src/services/call.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { BEGIN } from "../store/history-boards.ts";
import { afterRebuild, cameUp, historyProperty, type Over } from "../store/history-compare.ts";
import { type Clock, openPorts } from "../support/ports.ts";

const clock: Clock = { now: BEGIN };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(() => opened.close());

test("histories of up to 2,000 events end as a naive model says, in two orders", async () => {
  const over: Over = [];
  await fc.assert(historyProperty(call, clock, over, 2000, 1000), { numRuns: 8, endOnFailure: true });
  expect(await findDifferences(call.ports.db)).toEqual([]);
  const came = cameUp(over);
  console.log(came);
  for (const [what, times] of Object.entries(came)) expect(times, what).toBeGreaterThan(0);
  await afterRebuild(call, clock, over);
});
