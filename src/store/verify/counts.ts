import { sql } from "drizzle-orm";
import { BUCKET_LEVELS } from "../../domain/board.ts";
import { type BucketCount, bucketRuns } from "../../domain/recount/buckets.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { boardRef, type Collector } from "./difference.ts";
import type { CheckedBoard, Head } from "./head.ts";
import { rankedPages } from "./rows.ts";

/** Above every bucket. */
const TOP = Number.MAX_SAFE_INTEGER;

/** The counts of a board from `from` up to below `to`, by level. One read. */
async function readCounts(
  db: Db,
  boardId: number,
  ranges: { level: number; from: number; to: number }[],
): Promise<BucketCount[]> {
  const list = JSON.stringify(ranges);
  const at = (name: string) => sql.raw(`j.value->>'${name}'`);
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_object('level', n.level, 'bucket', n.bucket, 'n', n.n) FROM json_each(${list}) j
        CROSS JOIN board_counts n ON n.board_id = ${boardId} AND n.level = ${at("level")}
          AND n.bucket >= ${at("from")} AND n.bucket < ${at("to")}`,
    ),
  ]);
  return jsonRows<BucketCount>(rows);
}

/** Compares the counts of a board, and how many stand on it, with its own rows. */
export async function checkCounts(
  db: Db,
  { campaignId }: Head,
  board: CheckedBoard,
  found: Collector,
): Promise<void> {
  const ref = boardRef(board);
  const runs = bucketRuns();
  const below = new Map<number, number>(BUCKET_LEVELS.map((level) => [level, TOP]));
  /** Compares what ended with what is stored from there up to what was compared before. */
  const compare = async (ended: BucketCount[], isLast: boolean) => {
    const wanted = new Map(ended.map((run) => [`${run.level}.${run.bucket}`, run]));
    const ranges = BUCKET_LEVELS.map((level) => {
      const to = below.get(level) as number;
      const lowest = ended.reduce((low, run) => (run.level === level ? Math.min(low, run.bucket) : low), to);
      const from = isLast ? -TOP : lowest;
      below.set(level, from);
      return { level, from, to };
    });
    for (const { level, bucket, n } of await readCounts(db, board.id, ranges)) {
      const key = `${level}.${bucket}`;
      const more = { ...ref, bucket: { level, bucket } };
      found.compare("count of a board", campaignId, campaignId, n, wanted.get(key)?.n ?? 0, more);
      wanted.delete(key);
    }
    for (const { level, bucket, n } of wanted.values()) {
      found.compare("count of a board", campaignId, campaignId, 0, n, { ...ref, bucket: { level, bucket } });
    }
  };

  let people = 0;
  for await (const rows of rankedPages(db, board.id)) {
    people += rows.length;
    await compare(
      rows.flatMap(([score, reachedAt]) => runs.next(score, reachedAt)),
      false,
    );
  }
  await compare(runs.end(), true);
  found.compare("people of a board", campaignId, campaignId, board.people, people, ref);
}
