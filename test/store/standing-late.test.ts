import { describe, expect, test } from "vitest";
import { leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import { getParticipant } from "../../src/services/participants.ts";
import { readLedger } from "../../src/services/reports.ts";
import { call, clock, joined, MINUTE, open } from "./seats-world.ts";

describe("leaves and returns with a time of their own, and no event's id", () => {
  test("may come late, twice and in any order: a return before its older leave is not forgotten", async () => {
    const worlds = [];
    for (const order of [
      [0, 1, 2, 3],
      [1, 0, 3, 2],
      [3, 2, 1, 0],
      [1, 3, 1, 0, 2, 2],
    ]) {
      const world = await open([2]);
      const id = await joined(world, "a");
      const begin = clock.now;
      clock.now += 10 * MINUTE;
      for (const n of order)
        await (n % 2 === 0 ? leaveCampaign : rejoinCampaign)(call, id, { at: begin + (n + 1) * MINUTE });
      const { leftAt, groupId } = await getParticipant(call, id);
      const { data } = await readLedger(call, world.campaign.id, { limit: 100 });
      const kinds = data.map(({ kind }) => kind);
      worlds.push([leftAt, groupId === world.ids[0], kinds.toSorted()]);
      expect(await leaveCampaign(call, id, { at: begin - 1 })).toMatchObject({ leftAt: null });
    }
    const kinds = ["joined", "left", "left", "returned", "returned"];
    expect(worlds).toEqual(worlds.map(() => [null, true, kinds]));
  });
});
