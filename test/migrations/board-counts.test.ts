import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BUCKET_LEVELS, EPOCH_SECONDS, SPARSE, TIME_BITS } from "../../src/domain/board.ts";
import { finaliseBoards } from "../../src/services/final-boards.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { moveCampaign } from "../../src/services/campaigns.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import { bringTown, statementsOf } from "./steps.ts";

/** The widths that buckets had in versions before, in bits, what had come with them, and what leads to today. */
const VERSIONS = [
  {
    levels: [4, 12, 20, 30, 40, 50],
    migrations: ["0009_board_counts", "0011_board_scores", "0014_lean_counts"],
    had: [],
  },
  {
    levels: [8, 14, 20, 30, 40, 50],
    migrations: ["0011_board_scores", "0014_lean_counts"],
    had: ["0009_board_counts"],
  },
].map(({ levels, migrations, had }) => ({
  levels,
  statements: migrations.flatMap(statementsOf),
  triggers: had.flatMap(statementsOf).filter((text) => text.includes("CREATE TRIGGER")),
}));
type Version = (typeof VERSIONS)[number];

const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
let opened: Awaited<ReturnType<typeof openPorts>>;
beforeEach(async () => {
  opened = await openPorts(clock);
});
afterEach(() => opened.close());

const countsOf = async () => {
  const { db } = opened.call.ports;
  const all = sql`SELECT board_id, level, bucket, n FROM board_counts ORDER BY 1, 2, 3`;
  return (await db.read([db.q.all<number[]>(all)]))[0];
};

const triggersOf = async () => {
  const { db } = opened.call.ports;
  const all = sql`SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'board_counts'`;
  return (await db.read([db.q.all<string[]>(all)]))[0];
};

type Scored = [board: number, score: number, reachedAt: number];

/** What rows come to, counted by the widths of before: `board, level, bucket`, and how many. */
function countBefore({ levels }: Version, rows: readonly (readonly [...Scored, ...unknown[]])[]): string[] {
  const counts = new Map<string, number>();
  for (const [board, score, reachedAt] of rows) {
    const left = 2n ** BigInt(TIME_BITS) - 1n - BigInt(Math.floor(reachedAt / 1000) - EPOCH_SECONDS);
    const key = (BigInt(score) << BigInt(TIME_BITS)) | left;
    for (const level of levels) {
      const at = [board, level, key >> BigInt(level)].join();
      counts.set(at, (counts.get(at) ?? 0) + 1);
    }
  }
  return [...counts].map(([at, n]) => `(${at}, ${n})`);
}

const scored = async () => {
  const { db } = opened.call.ports;
  const ranked = sql`SELECT board_id, score, reached_at, participant_id FROM tallies WHERE ranked = 1`;
  return (await db.read([db.q.all<[...Scored, id: number]>(ranked)]))[0];
};

/** Puts everything back as the version before left it. */
async function goBack(version: Version): Promise<void> {
  const { db } = opened.call.ports;
  const counts = sql.raw(countBefore(version, await scored()).join());
  await db.write([
    db.q.run(sql`DELETE FROM board_counts`),
    db.q.run(sql`DROP INDEX board_counts_zero`),
    db.q.run(sql`INSERT INTO board_counts (board_id, level, bucket, n) VALUES ${counts}`),
    ...version.triggers.map((text) => db.q.run(sql.raw(text))),
  ]);
}

async function migrate({ statements }: Version): Promise<void> {
  const { db } = opened.call.ports;
  for (const statement of statements) await db.write([db.q.run(sql.raw(statement))]);
}

describe.each(VERSIONS)("from levels $levels", (version) => {
  test("counts of the version before become those that boards go by, of final boards too", async () => {
    const { call } = opened;
    const over = await bringTown(call, clock, 3);
    await moveCampaign(call, over.campaign.id, "end");
    await finaliseBoards(call, over.campaign.id);
    const going = await bringTown(call, clock, 3);
    // Of such a score more was counted.
    for (let i = 0; i < SPARSE; i++) await going.join(going.people[0]);
    await foldCampaign(call.ports, going.campaign.id);
    const counts = await countsOf();
    expect(new Set(counts.map(([, level]) => level))).toEqual(new Set(BUCKET_LEVELS));
    await goBack(version);
    expect(await findDifferences(call.ports.db)).not.toEqual([]);
    await migrate(version);
    // Nothing is left of the widths of before, nor of what counted by them.
    expect(await countsOf()).toEqual(counts);
    expect(await triggersOf()).toEqual([]);
    expect(await findDifferences(call.ports.db)).toEqual([]);
    for (let i = 0; i < 5; i++) await going.join(going.people[i]);
    await foldCampaign(call.ports, going.campaign.id);
    expect(await findDifferences(call.ports.db)).toEqual([]);
  });
});
