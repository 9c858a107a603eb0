import { expect, test } from "vitest";
import { killInMidLoad } from "../processes/kill.ts";

const KILLS = 50;

test("kill -9 in the middle of group commits and folds, 50 times: the check finds nothing", async () => {
  const report = await killInMidLoad(KILLS);
  console.log(`${KILLS} kills:`, report);
  expect(report.unanswered).toBeGreaterThan(KILLS);
  expect(report.unfolded).toBeGreaterThan(KILLS / 2);
});
