import { type SQL, sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { readLeaderboard } from "../../src/services/boards.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { leaveCampaign } from "../../src/services/membership.ts";
import { voidReferral } from "../../src/store/standing/verdicts.ts";
import {
  A_NUMBER,
  ANEW,
  call,
  child,
  inCampaign,
  leaf,
  mend,
  named,
  ofPerson,
  ofTeam,
  root,
  town,
} from "./verify-setup.ts";
import { boardOf, corrupt, numberOf, type Person } from "./verify-world.ts";

type Case = { sql: () => SQL; expected: unknown[]; did?: string[] };

const WRONG: Record<string, Case> = {
  "a score": {
    sql: () => sql`UPDATE tallies SET score = score + 3 WHERE ${ofTeam(root)}`,
    expected: [
      ["score", 27, 24],
      // Counts go by the rows, and the rows are wrong.
      ["count of a board", 1, 0],
    ],
  },
  "the instant of a score": {
    sql: () => sql`UPDATE tallies SET reached_at = reached_at - 1 WHERE ${ofTeam(child)}`,
    expected: [["score reached", A_NUMBER, A_NUMBER]],
  },
  "a score that went": {
    sql: () => sql`DELETE FROM tallies WHERE ${ofTeam(child)}`,
    expected: [
      ["score", 0, A_NUMBER],
      ["count of a board", 1, 0],
      ["people of a board", A_NUMBER, A_NUMBER],
    ],
  },
  "a score of somebody who brought nobody": {
    sql: () => sql`INSERT INTO tallies (board_id, participant_id, score, reached_at, ranked)
      SELECT ${boardOf(town.campaign, "team")}, id, 1, joined_at, 0 FROM participants
      WHERE ${ofPerson(town.people.at(-1) as Person)}`,
    expected: [["score", 1, 0]],
  },
  "who is ranked": {
    sql: () => sql`UPDATE tallies SET ranked = 0 WHERE ${ofTeam(root)}`,
    expected: [
      ["score ranked", 0, 1],
      ["count of a board", 1, 0],
      ["people of a board", A_NUMBER, A_NUMBER],
    ],
  },
  "a count": {
    sql: () =>
      sql`UPDATE board_counts SET n = n + 1 WHERE board_id = ${boardOf(town.campaign, "direct")} AND level = -18`,
    expected: [["count of a board", A_NUMBER, A_NUMBER]],
  },
  "a count of nothing": {
    sql: () => sql`INSERT INTO board_counts VALUES (${boardOf(town.campaign, "direct")}, 8, 7, 2)`,
    expected: [["count of a board", 2, 0]],
  },
  "how many stand on a board": {
    sql: () => sql`UPDATE boards SET people = people + 1 WHERE id = ${boardOf(town.campaign, "qualified")}`,
    expected: [["people of a board", A_NUMBER, A_NUMBER]],
  },
  "how many are folded": {
    sql: () => sql`UPDATE folds SET people = people - 2 WHERE ${inCampaign()}`,
    expected: [["people folded", 23, 25]],
    did: ["the number of people folded put right", ANEW],
  },
  "a credit": {
    sql: () => sql`UPDATE credits SET state = 7 WHERE participant_id = ${numberOf(leaf)}`,
    expected: [["credit", 7, 3]],
    did: ["1 credits put right by the people", ANEW],
  },
  "a credit that went": {
    sql: () => sql`DELETE FROM credits WHERE participant_id = ${numberOf(leaf)}`,
    expected: [["credit", null, 3]],
    did: ["1 credits put right by the people", ANEW],
  },
  "the inviter of a credit": {
    sql: () =>
      sql`UPDATE credits SET inviter_id = ${numberOf(root)} WHERE participant_id = ${numberOf(leaf)}`,
    expected: [["inviter of the credit", A_NUMBER, A_NUMBER]],
    did: ["1 credits put right by the people", ANEW],
  },
  "the instant of a credit": {
    sql: () => sql`UPDATE credits SET qualified_at = 5 WHERE participant_id = ${numberOf(leaf)}`,
    expected: [["instant of the credit", 5, A_NUMBER]],
    did: ["1 credits put right by the people", ANEW],
  },
  "a credit of nobody": {
    sql: () => sql`INSERT INTO credits VALUES (1, NULL, 3, NULL)`,
    expected: [["credit of nobody", 1, 0]],
    did: ["1 credits of nobody taken away", ANEW],
  },
  "rows of no board": {
    sql: () => sql`INSERT INTO board_counts VALUES (999999, 8, 7, 2)`,
    expected: [["rows of no board", 1, 0]],
    did: ["rows of board 999999, which there is not, taken away", ANEW],
  },
  "who left": {
    sql: () => sql`UPDATE participants SET left_at = joined_at + 1 WHERE ${ofPerson(child)}`,
    expected: [["left", A_NUMBER, null]],
    did: ["1 people put right by their entries", ANEW],
  },
  "when somebody qualified": {
    sql: () => sql`UPDATE participants SET qualified_at = NULL WHERE ${ofPerson(child)}`,
    expected: [["qualified", null, A_NUMBER]],
    did: ["1 people put right by their entries", ANEW],
  },
  "when somebody qualifies": {
    sql: () => sql`UPDATE participants SET qualifies_at = joined_at WHERE ${ofPerson(leaf)}`,
    expected: [["qualifies", A_NUMBER, null]],
    did: ["1 people put right by their entries", ANEW],
  },
  "a standing": {
    sql: () => sql`UPDATE participants SET standing = 'voided' WHERE ${ofPerson(leaf)}`,
    expected: [["standing", 1, 0]],
    did: ["1 people put right by their entries", ANEW],
  },
  "who is disqualified": {
    sql: () => sql`UPDATE participants SET disqualified_at = 77 WHERE ${ofPerson(root)}`,
    expected: [["disqualified", 77, null]],
    did: ["1 people put right by their entries", ANEW],
  },
  "an inviter": {
    sql: () =>
      sql`UPDATE participants SET moved_at = 77, moved_to = ${numberOf(root)} WHERE ${ofPerson(leaf)}`,
    expected: [["inviter", A_NUMBER, A_NUMBER]],
    did: ["1 people put right by their entries", ANEW],
  },
  "a level": {
    sql: () => sql`UPDATE participants SET level_shift = 4 WHERE ${ofPerson(leaf)}`,
    expected: [["level", 6, 2]],
    did: ["1 levels put right by the tree", ANEW],
  },
  "a seat": {
    sql: () => sql`UPDATE participants SET seat_confirmed_at = NULL WHERE ${ofPerson(leaf)}`,
    expected: [["seat", 9, 13]],
    did: ["1 people put right by their entries", ANEW],
  },
  "a seat in no group": {
    sql: () => sql`UPDATE participants SET group_id = NULL WHERE ${ofPerson(leaf)}`,
    expected: [
      ["seats taken", 25, 24],
      ["seat", 12, 13],
    ],
    did: ["1 people put right by their entries", ANEW, "seats counted anew"],
  },
  "how many seats are taken": {
    sql: () =>
      sql`UPDATE groups SET used = used - 5 WHERE id = (SELECT group_id FROM participants WHERE ${ofPerson(leaf)})`,
    expected: [["seats taken", 20, 25]],
    did: [ANEW, "seats counted anew"],
  },
  "how often an invite was used": {
    sql: () => sql`UPDATE invites SET uses = uses + 1 WHERE ${inCampaign()} AND participant_id IS NULL`,
    expected: [["uses", A_NUMBER, A_NUMBER]],
    did: ["uses of 2 invites counted anew", ANEW],
  },
};

describe("what is wrong is named, and a rebuild puts it right", () => {
  test.each(Object.entries(WRONG))("%s", async (_name, { sql: statement, expected, did = [ANEW] }) => {
    await corrupt(call, statement());
    expect(await named()).toEqual(expected);
    expect(await mend()).toEqual(did);
    expect(await named()).toEqual([]);
    const [best] = (await readLeaderboard(call, town.campaign.id, { metric: "team", limit: 1 })).data;
    expect([best?.participant.id, best?.score]).toEqual([root.id, 24]);
  });

  test("and all of it at once", async () => {
    await corrupt(call, ...Object.values(WRONG).map((one) => one.sql()));
    expect((await named()).length).toBeGreaterThan(15);
    await mend();
    // What was wrong about people hid what was wrong about their credits.
    if ((await named()).length > 0) await mend();
    expect(await named()).toEqual([]);
  });

  test("a credit that went, of somebody of whom more was told since: they are no new person", async () => {
    await corrupt(call, sql`DELETE FROM credits WHERE participant_id = ${numberOf(leaf)}`);
    const deed = { actor: "test", cause: "test", entryId: 1, at: call.ports.now(), eventId: null };
    const tenant = { workspaceId: call.actor.workspaceId, campaignId: null };
    await voidReferral(call.ports.db, tenant, leaf.id, deed);
    await mend();
    expect(await named()).toEqual([]);
  });

  test("a fold that took in what was wrong", async () => {
    await corrupt(call, sql`UPDATE participants SET standing = 'removed' WHERE ${ofPerson(leaf)}`);
    await leaveCampaign(call, leaf.id);
    await foldCampaign(call.ports, town.campaign.id);
    expect(await named()).toContainEqual(["credit", 10, 2]);
    await mend();
    expect(await named()).toEqual([]);
  });
});
