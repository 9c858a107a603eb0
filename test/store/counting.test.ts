import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeTurn } from "../../src/runtime/turn-node.ts";
import type { Call } from "../../src/services/call.ts";
import { keepCounts } from "../../src/services/counting.ts";
import type { Driver } from "../../src/store/db.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import { openTown } from "./verify-world.ts";

const clock: Clock = { now: Date.parse("2026-03-06T21:07:31.250Z") };
const PEOPLE = 450;
/** What a batch takes by the test's clock, in milliseconds. */
const TAKES = 40;

/** So many people bring twice as many entries: each who was brought qualifies as well. */
const stepsOf = (entries: number) => Math.ceil((2 * PEOPLE) / entries);

/** When each batch that counts people began and ended, in real milliseconds. */
let steps: { began: number; ended: number }[] = [];

const watched = (driver: Driver): Driver =>
  Object.assign<Driver, Partial<Driver>>(async (statements, mode) => {
    const isStep = statements.some(({ sql }) => sql.includes("INSERT INTO growth_step"));
    const began = performance.now();
    const rows = await driver(statements, mode);
    if (isStep) {
      clock.now += TAKES;
      steps.push({ began, ended: performance.now() });
    }
    return rows;
  }, driver);

let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
let town: Awaited<ReturnType<typeof openTown>>;
const come = async () => {
  for (let i = 0; i < PEOPLE; i++) await town.join(town.people.at(-1));
};

describe("a backlog that is counted", () => {
  beforeAll(async () => {
    opened = await openPorts(clock, watched);
    call = opened.call;
    town = await openTown(call, clock);
  });
  afterAll(() => opened.close());

  test("rests after each step for twice as long as that took, where others wait in the same thread", async () => {
    await come();
    steps = [];
    await keepCounts({ ...call.ports, turn: nodeTurn() });
    expect(steps).toHaveLength(stepsOf(200));
    // A timer may be early by the part of a millisecond that its clock does not show.
    for (const [i, { began }] of steps.slice(1).entries())
      expect(began - (steps[i]?.ended ?? 0)).toBeGreaterThanOrEqual(2 * TAKES - 2);
    expect(await findDifferences(call.ports.db)).toEqual([]);
  });

  test("takes few large steps where nobody waits", async () => {
    await come();
    steps = [];
    await keepCounts({ ...call.ports, turn: null });
    expect(steps).toHaveLength(stepsOf(500));
    expect(await findDifferences(call.ports.db)).toEqual([]);
  });

  // An hour: a clock that is set is a long step, too, and nobody rests for twice that.
  test.each([1000, 3_600_000])("is left to the next run after a step that took %i ms", async (took) => {
    await come();
    steps = [];
    const slow = { ...call.ports, turn: nodeTurn(), now: () => clock.now + steps.length * took };
    await keepCounts(slow);
    expect(steps).toHaveLength(1);
    for (let run = 1; run < stepsOf(200); run++) await keepCounts(slow);
    expect(await findDifferences(call.ports.db)).toEqual([]);
  });
});
