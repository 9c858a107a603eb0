import { expect, test } from "vitest";
import { raceForSeats } from "../processes/seats-race.ts";

test("10,000 joins over 50 groups of 200 by four processes: every seat is accounted for", async () => {
  const { seconds, polls, did } = await raceForSeats({ joins: 10_000, groups: 50, capacity: 200 });
  console.log(`10,000 joins in ${seconds.toFixed(1)} s, ${polls} looks at the groups:`, did);
  for (const what of ["joined", "expire", "pause", "open", "merge", "leave", "rejoin", "confirm"]) {
    expect(did[what], what).toBeGreaterThan(0);
  }
});
