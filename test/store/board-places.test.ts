import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUCKET_LEVELS, bucketsOf, EPOCH_SECONDS } from "../../src/domain/board.ts";
import { bucketRuns } from "../../src/domain/recount/buckets.ts";
import { boardRank, placeInTie } from "../../src/store/board-position.ts";
import { openPorts } from "../support/ports.ts";

let opened: Awaited<ReturnType<typeof openPorts>>;
beforeAll(async () => {
  opened = await openPorts();
});
afterAll(() => opened.close());

type Row = { id: number; score: number; reachedAt: number };

/** Around every power of two that a level may turn at, and just as often small. */
const scores = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc
    .tuple(fc.integer({ min: 0, max: 26 }), fc.integer({ min: -1, max: 1 }))
    .map(([power, off]) => Math.max(1, 2 ** power + off)),
  fc.integer({ min: 1, max: 2 ** 27 - 1 }),
);
const MARCH = Date.parse("2026-03-01T08:00:00Z");
/** Within seconds of each other, within weeks, and decades apart. */
const anyInstants = fc
  .tuple(fc.constantFrom(2_000, 600_000, 86_400_000, 40 * 86_400_000, 20 * 365 * 86_400_000), fc.nat(999_999))
  .map(([within, share]) => MARCH + Math.floor((within * share) / 1_000_000));
/** At the edges and in the middle of the narrowest buckets, and a moment before or after. */
const HALF_MS = (1000 * 2 ** Math.min(...BUCKET_LEVELS.filter((level) => level > 0))) / 2;
const edges = fc
  .tuple(fc.nat(12), fc.constantFrom(-1000, -1, 0, 1, 999, 1000))
  .map(
    ([at, off]) =>
      EPOCH_SECONDS * 1000 + (Math.floor((MARCH - EPOCH_SECONDS * 1000) / HALF_MS) + at) * HALF_MS + off,
  );
/** Where a clock was wrong by decades: before all buckets, or behind them. */
const wrong = fc
  .tuple(
    fc.constantFrom(
      0,
      Date.parse("2023-11-14T22:10:00Z"),
      Date.parse("2057-11-23T11:30:00Z"),
      Date.parse("2090-01-01"),
    ),
    fc.nat(3_000_000),
  )
  .map(([from, off]) => from + off);
const instants = fc.oneof(anyInstants, edges, wrong);
const rowsOf = (score: fc.Arbitrary<number>, reachedAt: fc.Arbitrary<number>) =>
  fc.array(fc.record({ score, reachedAt }), { minLength: 1, maxLength: 60 });
const boards = fc.oneof(
  rowsOf(scores, instants),
  rowsOf(fc.integer({ min: 1, max: 2 }), fc.oneof(edges, wrong)),
);

const inOrder = (a: Row, b: Row) => b.score - a.score || a.reachedAt - b.reachedAt || a.id - b.id;

test("a place on a board is that of its order, whatever the scores and times", async () => {
  const { db } = opened.ports;
  let board = 1_000;
  const places = async (rows: Row[]) => {
    const counts = rows.flatMap(({ score, reachedAt }) =>
      bucketsOf(score, reachedAt).flatMap((bucket, i) =>
        bucket === null ? [] : [[board, BUCKET_LEVELS[i], bucket]],
      ),
    );
    await db.write([
      db.q.run(sql`INSERT INTO tallies (board_id, participant_id, score, reached_at, ranked)
        SELECT ${board}, value->>'id', value->>'score', value->>'reachedAt', 1
        FROM json_each(${JSON.stringify(rows)})`),
      db.q.run(sql`INSERT INTO board_counts (board_id, level, bucket, n)
        SELECT value->>0, value->>1, value->>2, 1 FROM json_each(${JSON.stringify(counts)}) WHERE true
        ON CONFLICT (board_id, level, bucket) DO UPDATE SET n = n + 1`),
    ]);
    const read = sql`SELECT t.participant_id, ${boardRank("t.board_id")} AS above, ${placeInTie("t.board_id")} AS tied
      FROM tallies t WHERE t.board_id = ${board} ORDER BY 1`;
    return (await db.read([db.q.all<[number, number, number]>(read)]))[0];
  };
  await fc.assert(
    fc.asyncProperty(boards, async (lines) => {
      board++;
      const rows = lines.map((line, id) => ({ id: id + 1, ...line }));
      const wanted = rows.map(({ id, score, reachedAt }) => [
        id,
        rows.filter((other) => other.score > score).length,
        rows.filter((other) => other.score === score && inOrder(other, { id, score, reachedAt }) < 0).length,
      ]);
      expect(await places(rows)).toEqual(wanted);
    }),
    { numRuns: 150 },
  );
});

test("buckets that are counted in a board's order are those of each row by itself", () => {
  fc.assert(
    fc.property(boards, (lines) => {
      const runs = bucketRuns();
      const rows = lines.map((line, id) => ({ id, ...line })).sort(inOrder);
      const ended = rows.flatMap(({ score, reachedAt }) => runs.next(score, reachedAt));
      const counted = [...ended, ...runs.end()].map(({ level, bucket, n }) => [level, bucket, n].join());
      const wanted = new Map<string, number>();
      for (const { score, reachedAt } of rows) {
        for (const [i, bucket] of bucketsOf(score, reachedAt).entries()) {
          if (bucket === null) continue;
          const key = [BUCKET_LEVELS[i], bucket].join();
          wanted.set(key, (wanted.get(key) ?? 0) + 1);
        }
      }
      expect(counted.sort()).toEqual([...wanted].map(([key, n]) => [key, n].join()).sort());
    }),
  );
});
