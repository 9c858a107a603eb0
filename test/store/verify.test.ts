import { type SQL, sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseId } from "../../src/domain/id.ts";
import { readLeaderboard } from "../../src/services/boards.ts";
import type { Call } from "../../src/services/call.ts";
import { moveCampaign } from "../../src/services/campaigns.ts";
import { finaliseBoards } from "../../src/services/final-boards.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { describe as told, linesOf } from "../../src/services/checking.ts";
import { rebuild } from "../../src/services/rebuilding.ts";
import { leaveCampaign } from "../../src/services/membership.ts";
import { findDifferences, verify } from "../../src/store/verify.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import { boardOf, corrupt, dice, numberOf, openTown, type Person } from "./verify-world.ts";

const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
let opened: Awaited<ReturnType<typeof openPorts>>;
let call: Call;
let town: Awaited<ReturnType<typeof openTown>>;
let root: Person;
let child: Person;
let leaf: Person;

/** A database of its own for each test, with a few people, and everything folded. */
beforeEach(async () => {
  opened = await openPorts(clock);
  call = opened.call;
  town = await openTown(call, clock);
  const roll = dice(7);
  root = await town.join(undefined);
  child = await town.join(root);
  leaf = await town.join(child);
  for (let i = 0; i < 12; i++) await town.join(i % 3 === 0 ? child : root);
  for (let i = 0; i < 10; i++) await town.join(town.people[roll(town.people.length)]);
  await foldCampaign(call.ports, town.campaign.id);
  expect(await findDifferences(call.ports.db)).toEqual([]);
});
afterEach(() => opened.close());

/** What differs, each kind once, with the values of the first. */
const named = async () => {
  const all = await findDifferences(call.ports.db, clock.now);
  return all
    .filter(({ what }, i) => all.findIndex((other) => other.what === what) === i)
    .map(({ what, stored, derived }) => [what, stored, derived]);
};

/** Rebuilds by a report, and answers what it did in this campaign. */
async function mend(): Promise<string[]> {
  const did: string[] = [];
  await rebuild(call.ports, await verify(call.ports.db, clock.now), (line) => did.push(line));
  return did.flatMap((line) => {
    const [campaign, what] = line.split(": ");
    if (what === undefined) return line;
    return campaign === `campaign ${town.campaign.id}` ? what : campaign?.startsWith("group") ? what : [];
  });
}

const ANEW = "3 boards built anew";
const A_NUMBER = expect.any(Number) as number;
const inCampaign = () => sql`campaign_id = ${parseId("campaign", town.campaign.id)}`;
const ofTeam = (person: Person) =>
  sql`board_id = ${boardOf(town.campaign, "team")} AND participant_id = ${numberOf(person)}`;
const ofPerson = (person: Person) => sql`id = ${numberOf(person)}`;

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
    sql: () => sql`INSERT INTO tallies SELECT ${boardOf(town.campaign, "team")}, id, 1, joined_at, 0 FROM participants
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
      sql`UPDATE board_counts SET n = n + 1 WHERE board_id = ${boardOf(town.campaign, "direct")} AND level = 50`,
    expected: [["count of a board", A_NUMBER, A_NUMBER]],
  },
  "a count of nothing": {
    sql: () => sql`INSERT INTO board_counts VALUES (${boardOf(town.campaign, "direct")}, 4, 7, 2)`,
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
    sql: () => sql`INSERT INTO board_counts VALUES (999999, 4, 7, 2)`,
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

  test("a fold that took in what was wrong", async () => {
    await corrupt(call, sql`UPDATE participants SET standing = 'removed' WHERE ${ofPerson(leaf)}`);
    await leaveCampaign(call, leaf.id);
    await foldCampaign(call.ports, town.campaign.id);
    expect(await named()).toContainEqual(["credit", 10, 2]);
    await mend();
    expect(await named()).toEqual([]);
  });
});

describe("what a program does not decide", () => {
  test("more people in a group than it has seats for", async () => {
    const group = sql`(SELECT group_id FROM participants WHERE ${ofPerson(leaf)})`;
    await corrupt(call, sql`UPDATE groups SET used = 0, capacity = 3 WHERE id = ${group}`);
    expect(await named()).toEqual([["seats taken", 0, 25]]);
    const more = "more people sit in it than it has seats for";
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
    sql`INSERT INTO board_counts VALUES (${final}, 4, 7, 2)`,
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
