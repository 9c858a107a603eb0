import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { parseId } from "../../src/domain/id.ts";
import { moveCampaign } from "../../src/services/campaigns.ts";
import { describe as told, linesOf } from "../../src/services/checking.ts";
import { finaliseBoards } from "../../src/services/final-boards.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { leaveCampaign } from "../../src/services/membership.ts";
import { verify } from "../../src/store/verify.ts";
import {
  A_NUMBER,
  ANEW,
  call,
  child,
  clock,
  inCampaign,
  leaf,
  mend,
  named,
  ofPerson,
  ofTeam,
  root,
  town,
} from "./verify-setup.ts";
import { corrupt, numberOf, type Person } from "./verify-world.ts";

describe("what a program does not decide", () => {
  test("more people in a group than it has seats for", async () => {
    const group = sql`(SELECT group_id FROM participants WHERE ${ofPerson(leaf)})`;
    await corrupt(call, sql`UPDATE groups SET used = 0, capacity = 3 WHERE id = ${group}`);
    expect(await named()).toEqual([["seats taken", 0, 25]]);
    const more = "more people sit in it than it has seats for: raise its capacity";
    expect(await mend()).toEqual([ANEW, more]);
    expect(await named()).toEqual([["seats taken", 0, 25]]);
    await corrupt(call, sql`UPDATE groups SET capacity = 100 WHERE id = ${group}`);
    expect(await mend()).toEqual([ANEW, "seats counted anew"]);
    expect(await named()).toEqual([]);
  });

  test("a circle of inviters, where the ledger itself has one", async () => {
    const entry = (
      of: Person,
      to: Person,
      n: number,
    ) => sql`INSERT INTO ledger (id, workspace_id, campaign_id, kind,
        participant_id, parent_id, actor, key, at)
      SELECT (SELECT max(id) FROM ledger) + 1, workspace_id, campaign_id, 'moved', id, ${numberOf(to)}, 'test', ${`${n}`}, ${n}
      FROM participants WHERE ${ofPerson(of)}`;
    await corrupt(call, entry(child, leaf, 1));
    const found = (await verify(call.ports.db, clock.now)).differences.map(({ what, id }) => [what, id]);
    for (const person of [child, leaf])
      expect(found).toContainEqual(["circle of inviters", parseId("participant", person.id)]);
    // Moved back: the ledger only grows.
    await corrupt(call, entry(child, root, 2));
    await mend();
    expect(await named()).toEqual([]);
  });
});

test("a final board is not recounted, but its counts are, by its rows", async () => {
  await moveCampaign(call, town.campaign.id, "end");
  await finaliseBoards(call, town.campaign.id);
  const final = sql`(SELECT id FROM boards WHERE ${inCampaign()} AND state = 'final' AND metric = 'team')`;
  await corrupt(
    call,
    sql`UPDATE board_counts SET n = n + 1 WHERE board_id = ${final}`,
    sql`INSERT INTO board_counts VALUES (${final}, 8, 7, 2)`,
  );
  expect(await named()).toEqual([["count of a board", A_NUMBER, A_NUMBER]]);
  expect((await mend()).at(0)).toMatch(/^\d+ counts of the final board \d+ put right by its rows$/);
  expect(await named()).toEqual([]);
});

test("what is not folded yet is said, and is no difference", async () => {
  await town.join(root);
  await leaveCampaign(call, leaf.id);
  const report = await verify(call.ports.db, clock.now);
  expect(report).toMatchObject({ found: 0, behind: [{ people: 2 }], restless: [] });
  expect(linesOf(report)).toEqual([
    `campaign ${town.campaign.id}: 2 people have entries that are not folded yet`,
    "All counters agree with the ledger.",
  ]);
  await foldCampaign(call.ports, town.campaign.id);
  expect((await verify(call.ports.db, clock.now)).behind).toEqual([]);
});

test("a difference is told in words", async () => {
  await corrupt(
    call,
    sql`UPDATE participants SET left_at = 1772352000000 WHERE ${ofPerson(leaf)}`,
    sql`UPDATE tallies SET score = 30 WHERE ${ofTeam(root)}`,
  );
  const { differences } = await verify(call.ports.db, clock.now);
  const lines = differences.map(told);
  const place = `in campaign ${town.campaign.id}`;
  expect(lines[0]).toBe(
    `participant ${leaf.id} ${place}: left is 2026-03-01T08:00:00.000Z, recounted nothing`,
  );
  expect(lines[1]).toMatch(
    new RegExp(`^participant ${root.id} ${place}: score on board \\d+ \\(team\\) is 30, recounted 24$`),
  );
  await mend();
});
