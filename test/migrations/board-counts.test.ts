import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BUCKET_LEVELS, EPOCH_SECONDS, SPARSE, TIME_BITS } from "../../src/domain/board.ts";
import { finaliseBoards } from "../../src/services/final-boards.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { moveCampaign } from "../../src/services/campaigns.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import { bringTown, statementsOf } from "./steps.ts";

/** The widths that buckets had in versions before, in bits, and what leads from there to today. */
const VERSIONS = [
  { levels: [4, 12, 20, 30, 40, 50], migrations: ["0009_board_counts", "0011_board_scores"] },
  { levels: [8, 14, 20, 30, 40, 50], migrations: ["0011_board_scores"] },
].map(({ levels, migrations }) => ({
  levels,
  statements: migrations.flatMap(statementsOf),
}));
type Version = (typeof VERSIONS)[number];

const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
let opened: Awaited<ReturnType<typeof openPorts>>;
beforeEach(async () => {
  opened = await openPorts(clock);
});
afterEach(() => opened.close());

/** The counts of the widths that boards go by. */
const countsOf = async () => {
  const { db } = opened.call.ports;
  const all = sql`SELECT board_id, level, bucket, n FROM board_counts WHERE n <> 0 ORDER BY 1, 2, 3`;
  const [rows] = await db.read([db.q.all<number[]>(all)]);
  return rows.filter(([, level]) => BUCKET_LEVELS.some((one) => one === level));
};

type Scored = [board: number, score: number, reachedAt: number];

/** What rows come to, counted by the widths of before: `board, level, bucket`, and how many. */
function countBefore({ levels }: Version, rows: readonly (readonly [...Scored, n: number])[]): string[] {
  const counts = new Map<string, number>();
  for (const [board, score, reachedAt, n] of rows) {
    const left = 2n ** BigInt(TIME_BITS) - 1n - BigInt(Math.floor(reachedAt / 1000) - EPOCH_SECONDS);
    const key = (BigInt(score) << BigInt(TIME_BITS)) | left;
    for (const level of levels) {
      const at = [board, level, key >> BigInt(level)].join();
      counts.set(at, (counts.get(at) ?? 0) + n);
    }
  }
  return [...counts].map(([at, n]) => `(${at}, ${n})`);
}

/** Adds to the counts, as folds of the version before did. */
const addBefore = (version: Version, rows: readonly (readonly [...Scored, n: number])[]) => {
  const { q } = opened.call.ports.db;
  return [
    q.run(sql`INSERT INTO board_counts (board_id, level, bucket, n) SELECT * FROM
      (VALUES ${sql.raw(countBefore(version, rows).join())}) WHERE true
      ON CONFLICT (board_id, level, bucket) DO UPDATE SET n = n + excluded.n`),
    q.run(sql`DELETE FROM board_counts WHERE n = 0 AND level IN ${version.levels}`),
  ];
};

const scored = async () => {
  const { db } = opened.call.ports;
  const ranked = sql`SELECT board_id, score, reached_at, participant_id FROM tallies WHERE ranked = 1`;
  return (await db.read([db.q.all<[...Scored, id: number]>(ranked)]))[0];
};

/** Puts everything back as the version before left it. */
async function goBack(version: Version): Promise<void> {
  const { db } = opened.call.ports;
  const rows = await scored();
  const [add] = addBefore(
    version,
    rows.map(([board, score, reachedAt]) => [board, score, reachedAt, 1] as const),
  );
  const triggers = version.statements.flatMap((text) => /CREATE TRIGGER (board_\w+)/.exec(text)?.[1] ?? []);
  expect(triggers).not.toEqual([]);
  await db.write([
    db.q.run(sql`DELETE FROM board_counts`),
    ...triggers.map((name) => db.q.run(sql`DROP TRIGGER ${sql.identifier(name)}`)),
    add as NonNullable<typeof add>,
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
    await bringTown(call, clock, 3);
    const counts = await countsOf();
    expect(new Set(counts.map(([, level]) => level))).toEqual(new Set(BUCKET_LEVELS));
    await goBack(version);
    expect(await findDifferences(call.ports.db)).not.toEqual([]);
    await migrate(version);
    expect(await countsOf()).toEqual(counts);
    expect(await findDifferences(call.ports.db)).toEqual([]);
  });

  test("a server of the version before may go on folding, before and after one of today", async () => {
    const { call } = opened;
    const { db } = call.ports;
    const town = await bringTown(call, clock, 3);
    await goBack(version);
    await migrate(version);
    const foldBefore = async () => {
      clock.now += 60_000;
      // Somebody reaches much more than before, somebody of another board is there no more.
      const [[board, score, reachedAt, id], other] = (await scored()) as [
        [...Scored, number],
        [...Scored, number],
      ];
      await db.write([
        db.q.run(sql`UPDATE tallies SET score = ${score + SPARSE}, reached_at = ${clock.now}
        WHERE board_id = ${board} AND participant_id = ${id}`),
        db.q.run(sql`DELETE FROM tallies WHERE board_id = ${other[0]} AND participant_id = ${other[3]}`),
        ...addBefore(version, [
          [board, score, reachedAt, -1],
          [board, score + SPARSE, clock.now, 1],
          [other[0], other[1], other[2], -1],
        ]),
      ]);
    };
    /** Counts are to be those of the rows; that the rows are none of the ledger's is known here. */
    const wrongCounts = async () =>
      (await findDifferences(db)).filter(({ what }) => what === "count of a board");
    await foldBefore();
    expect(await wrongCounts()).toEqual([]);
    for (let i = 0; i < 5; i++) await town.join(town.people[i]);
    await foldCampaign(call.ports, town.campaign.id);
    expect(await wrongCounts()).toEqual([]);
    await foldBefore();
    expect(await wrongCounts()).toEqual([]);
  });
});
