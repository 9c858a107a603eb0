import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Call } from "../../src/services/call.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import { BEGIN, historyProperty } from "./history-compare.ts";

const clock: Clock = { now: BEGIN };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(() => opened.close());

test("boards, ranks, pages and people are what a naive model says, in whatever order it is told", async () => {
  await fc.assert(historyProperty(call, clock, 90), { numRuns: 25 });
  expect(await findDifferences(call.ports.db)).toEqual([]);
});
