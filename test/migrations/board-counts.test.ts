import { sql } from "drizzle-orm";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BUCKET_LEVELS, EPOCH_SECONDS, TIME_BITS } from "../../src/domain/board.ts";
import { finaliseBoards } from "../../src/services/final-boards.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { moveCampaign } from "../../src/services/campaigns.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { dice, openTown } from "../store/verify-world.ts";
import { type Clock, openPorts } from "../support/ports.ts";

/** The widths that buckets had before, in bits. */
const BEFORE = [4, 12, 20, 30, 40, 50];

const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
let opened: Awaited<ReturnType<typeof openPorts>>;
beforeEach(async () => {
  opened = await openPorts(clock);
});
afterEach(() => opened.close());

/** A campaign with a tree of forty people who came over two days, folded. */
async function bringTown() {
  const town = await openTown(opened.call, clock);
  const roll = dice(3);
  for (let i = 0; i < 40; i++) {
    clock.now += roll(3_600_000);
    await town.join(town.people[roll(town.people.length + 1)]);
  }
  await foldCampaign(opened.call.ports, town.campaign.id);
  return town;
}

const countsOf = async () => {
  const { db } = opened.call.ports;
  const all = sql`SELECT board_id, level, bucket, n FROM board_counts ORDER BY 1, 2, 3`;
  return (await db.read([db.q.all<number[]>(all)]))[0];
};

/** Counts the rows of all boards by the widths of before, as the version before left them. */
async function countAsBefore(): Promise<void> {
  const { db } = opened.call.ports;
  const ranked = sql`SELECT board_id, score, reached_at FROM tallies WHERE ranked = 1`;
  const [rows] = await db.read([db.q.all<[number, number, number]>(ranked)]);
  const counts = new Map<string, number>();
  for (const [board, score, reachedAt] of rows) {
    const left =
      2n ** BigInt(TIME_BITS) - 1n - (BigInt(Math.floor(reachedAt / 1000)) - BigInt(EPOCH_SECONDS));
    const key = (BigInt(score) << BigInt(TIME_BITS)) | left;
    for (const level of BEFORE) {
      const at = [board, level, key >> BigInt(level)].join();
      counts.set(at, (counts.get(at) ?? 0) + 1);
    }
  }
  const values = [...counts].map(([at, n]) => sql.raw(`(${at}, ${n})`));
  await db.write([
    db.q.run(sql`DROP TRIGGER board_counts_levels`),
    db.q.run(sql`DELETE FROM board_counts`),
    db.q.run(sql`INSERT INTO board_counts (board_id, level, bucket, n) VALUES ${sql.join(values, sql`, `)}`),
  ]);
}

async function migrate(): Promise<void> {
  const { db } = opened.call.ports;
  const text = readFileSync("migrations/0009_board_counts.sql", "utf8");
  for (const statement of text.split("--> statement-breakpoint"))
    await db.write([db.q.run(sql.raw(statement))]);
}

test("counts of a version before become those that boards go by, of final boards too", async () => {
  const { call } = opened;
  const over = await bringTown();
  await moveCampaign(call, over.campaign.id, "end");
  await finaliseBoards(call, over.campaign.id);
  await bringTown();
  const counts = await countsOf();
  expect(new Set(counts.map(([, level]) => level))).toEqual(new Set(BUCKET_LEVELS));
  await countAsBefore();
  expect(await findDifferences(call.ports.db)).not.toEqual([]);
  await migrate();
  expect(await countsOf()).toEqual(counts);
  expect(await findDifferences(call.ports.db)).toEqual([]);
});

test("a server of a version before cannot leave buckets out", async () => {
  const { db } = opened.call.ports;
  const old = (n: number) =>
    db.q.run(sql`INSERT INTO board_counts (board_id, level, bucket, n) VALUES (1, 4, 7, ${n})
      ON CONFLICT (board_id, level, bucket) DO UPDATE SET n = n + excluded.n`);
  await expect(db.write([old(1)])).rejects.toThrow();
  expect(await countsOf()).toEqual([]);
});
