import { expect, test } from "vitest";
import { killInMidLoad } from "../processes/kill.ts";

const KILLS = 50;

test.each([
  ["folds", false],
  ["folds that are worked out beside", true],
])(
  "kill -9 in the middle of group commits and %s, 50 times: the check finds nothing",
  async (folds, isLarge) => {
    const report = await killInMidLoad(KILLS, isLarge);
    console.log(`${KILLS} kills in the middle of ${folds}:`, report);
    expect(report.unanswered).toBeGreaterThan(KILLS);
    expect(report.folded).toBeGreaterThan(KILLS / 2);
    expect(report.unfolded).toBeGreaterThan(KILLS / 2);
  },
);
