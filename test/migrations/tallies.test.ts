import { sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { moveCampaign } from "../../src/services/campaigns.ts";
import { finaliseBoards } from "../../src/services/final-boards.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import { bringTown, statementsOf } from "./steps.ts";

const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
let opened: Awaited<ReturnType<typeof openPorts>>;
beforeEach(async () => {
  opened = await openPorts(clock);
});
afterEach(() => opened.close());

const run = (statements: readonly string[]) => {
  const { db } = opened.call.ports;
  const [first, ...rest] = statements.map((text) => db.q.run(sql.raw(text)));
  return db.write([first as NonNullable<typeof first>, ...rest]);
};

const schemaOf = async () => {
  const { db } = opened.call.ports;
  const all = sql`SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = 'tallies' ORDER BY 1, 2`;
  return (await db.read([db.q.all<string[]>(all)]))[0];
};

const rowsOf = async () => {
  const { db } = opened.call.ports;
  const all = sql`SELECT board_id, participant_id, score, reached_at, ranked FROM tallies ORDER BY 1, 2`;
  return (await db.read([db.q.all<number[]>(all)]))[0];
};

/** Puts the table back as it was made first, with the indexes and guards that came to it later. */
async function goBack(): Promise<void> {
  const of = (name: string, which: RegExp) => statementsOf(name).filter((text) => which.test(text));
  const [table = ""] = of("0002_growth", /CREATE TABLE `tallies`/);
  await run([
    table.replace("`tallies`", "`before`"),
    "INSERT INTO before (board_id, participant_id, score, reached_at, ranked) SELECT board_id, participant_id, score, reached_at, ranked FROM tallies",
    "DROP TABLE tallies",
    "ALTER TABLE before RENAME TO tallies",
    ...of("0002_growth", /CREATE INDEX `tallies_rank`|CREATE TRIGGER tallies_final_delete/),
    ...of("0004_centres", /CREATE INDEX `tallies_unranked`/),
    ...of("0011_board_scores", /CREATE TRIGGER tallies_final_/),
  ]);
}

test("scores that lie by board come to lie by participant, those of final boards too", async () => {
  const { call } = opened;
  const over = await bringTown(call, clock, 5);
  await moveCampaign(call, over.campaign.id, "end");
  await finaliseBoards(call, over.campaign.id);
  const going = await bringTown(call, clock, 5);
  const [schema, rows] = [await schemaOf(), await rowsOf()];
  expect(schema.map(([type, name]) => `${type} ${name}`)).toEqual([
    "index tallies_rank",
    "index tallies_unranked",
    "table tallies",
    "trigger tallies_final_delete",
    "trigger tallies_final_insert",
    "trigger tallies_final_update",
  ]);

  await goBack();
  const before = await schemaOf();
  expect(before.map(([, name]) => name)).toEqual(schema.map(([, name]) => name));
  expect(before).not.toEqual(schema);
  await run(statementsOf("0012_tallies_by_person"));

  expect(await schemaOf()).toEqual(schema);
  expect(await rowsOf()).toEqual(rows);
  expect(await findDifferences(call.ports.db)).toEqual([]);
  // What was final is as fixed as before, and the other board goes on.
  await expect(run(["UPDATE tallies SET score = score + 1"])).rejects.toThrow();
  await expect(run(["DELETE FROM tallies"])).rejects.toThrow();
  for (let i = 0; i < 5; i++) await going.join(going.people[i]);
  await foldCampaign(call.ports, going.campaign.id);
  expect(await findDifferences(call.ports.db)).toEqual([]);
});
