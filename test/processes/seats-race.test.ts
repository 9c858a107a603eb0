import { expect, test } from "vitest";
import { raceForSeats } from "./seats-race.ts";

test("500 joins by four processes while groups expire, pause and merge: every seat is accounted for", async () => {
  const { seconds, polls, did } = await raceForSeats({ joins: 500, groups: 12, capacity: 40 });
  console.log(`500 joins in ${seconds.toFixed(1)} s, ${polls} looks at the groups:`, did);
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
