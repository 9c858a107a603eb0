import { expect, test } from "vitest";
import { killInMidLoad } from "./kill.ts";

const KILLS = 5;

test("kill -9 in mid-load, 5 times: every answered join is there, and the check finds nothing", async () => {
  const report = await killInMidLoad(KILLS);
  console.log(`${KILLS} kills:`, report);
  // A kill that interrupts nothing proves nothing.
  expect(report.unanswered).toBeGreaterThan(KILLS);
  expect(report.unfolded).toBeGreaterThan(0);
});
