import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Call } from "../../src/services/call.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import { compareFigures } from "./growth-compare.ts";
import * as model from "./growth-model.ts";
import { aHistory, play } from "./growth-play.ts";

/** Two days before the clocks go forward there. */
const BEGIN = Date.parse("2026-03-06T21:07:31.250Z");
const ZONES = ["America/New_York", "Asia/Kathmandu"];
const HOUR = 3_600_000;

const clock: Clock = { now: BEGIN };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
beforeAll(async () => {
  opened = await openPorts(clock);
  call = opened.call;
});
afterAll(() => opened.close());

/** How often something came up that is easily left out by chance. */
const seen = { away: 0, leaves: 0, returns: 0, cameBack: 0, deep: 0, later: 0, refused: 0, unconfirmed: 0 };

function take(paper: model.Paper): void {
  const stays = [1, 7, 30].map((days) => model.stay(paper.people, days, clock.now));
  seen.away += Number(stays.every(([there, of]) => there < of));
  seen.leaves += Number(model.instants(paper, "leaves", clock.now).length > 2);
  seen.returns += Number(model.instants(paper, "returns", clock.now).length > 0);
  seen.deep += Number(model.byGeneration(paper).length > 3);
  const { cycles, brought } = model.spread(paper, paper.people);
  seen.later += Number(cycles < brought);
  seen.refused += Number(paper.gate.some(({ passed }) => !passed));
  seen.unconfirmed += Number(paper.people.some(({ confirmedAt }) => confirmedAt === null));
  const days = [1, 7, 30].map((n) => n * 24 * HOUR);
  seen.cameBack += Number(
    paper.people.some((person) => {
      const there = days
        .filter((after) => person.joinedAt + after <= clock.now)
        .map((after) => model.wasThere(person, person.joinedAt + after));
      return there.includes(false) && there.lastIndexOf(true) > there.indexOf(false);
    }),
  );
}

test("funnel, series, growth and sources are what they are on paper", { timeout: 300_000 }, async () => {
  const property = fc.asyncProperty(
    fc.constantFrom(...ZONES),
    aHistory(60, 120),
    async (timezone, history) => {
      clock.now = BEGIN;
      await play(call, clock, timezone, history, async (id, paper) => {
        take(paper);
        await compareFigures({ call, id, paper, begin: BEGIN, now: clock.now });
      });
    },
  );
  await fc.assert(property, { numRuns: 25 });
  // What came up in none of them does in one of the next: somebody who came back is in every fourth.
  for (let more = 0; more < 100 && Object.values(seen).includes(0); more++)
    await fc.assert(property, { numRuns: 1 });
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(0);
  expect(await findDifferences(call.ports.db)).toEqual([]);
});
