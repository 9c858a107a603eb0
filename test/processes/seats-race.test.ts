import { expect, test } from "vitest";
import { raceForSeats } from "./seats-race.ts";

test("1,000 joins by four processes while groups expire, pause and merge: every seat is accounted for", async () => {
  const { seconds, polls, did } = await raceForSeats({ joins: 1000, groups: 20, capacity: 45 });
  console.log(`1,000 joins in ${seconds.toFixed(1)} s, ${polls} looks at the groups:`, did);
  for (const what of [
    "joined",
    "waitlisted",
    "expire",
    "pause",
    "open",
    "merge",
    "leave",
    "rejoin",
    "confirm",
  ]) {
    expect(did[what], what).toBeGreaterThan(0);
  }
});
