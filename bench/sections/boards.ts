import { readRank } from "../../src/services/board-places.ts";
import { readLeaderboard } from "../../src/services/boards.ts";
import { picker, type Scored, scoredOf, storeReads } from "../support/board-asks.ts";
import { type Crowded, crowdedWorld, sizesWithRoom, sizeText } from "../support/crowded.ts";
import { rateOf } from "../support/lanes.ts";
import { type Postgres, postgresVersion, startPostgres } from "../support/postgres.ts";
import { type Redis, redisVersion, startRedis } from "../support/redis.ts";
import { compete, type Entry, type Slice } from "../support/rounds.ts";
import { type Defer, scoped } from "../support/scope.ts";
import type { Row, Run, Section } from "../support/section.ts";

const SLICE_MS = 250;
const SMALL = 100_000;
const TOP = 100;
const NEIGHBOURS = 5;
/** People whose ranks must be the same by all that are compared. */
const COMPARED = 100;

/** One call after the other: what is compared is how long somebody waits. */
const oneByOne =
  (work: () => Promise<unknown>): Slice =>
  (ms) =>
    rateOf(1, ms, work);

async function fillRedis(redis: Redis, crowded: Crowded): Promise<void> {
  for await (const part of scoredOf(crowded)) {
    for (let at = 0; at < part.length; at += 1_000)
      await redis("ZADD", "board", ...part.slice(at, at + 1_000).flatMap(({ id, score }) => [score, id]));
  }
}

/** The three reads of a sorted set that answer what the board answers, but for the order within a tie. */
function redisReads(redis: Redis) {
  const rows = async (from: number, to: number) => {
    const words = (await redis("ZREVRANGE", "board", from, to, "WITHSCORES")) as string[];
    return Array.from({ length: words.length / 2 }, (_, i) => ({
      id: words[2 * i] as string,
      score: Number(words[2 * i + 1]),
    }));
  };
  const rank = async (id: string) => Number(await redis("ZREVRANK", "board", id));
  const around = async (id: string) => {
    const place = await rank(id);
    return rows(Math.max(0, place - NEIGHBOURS), place + NEIGHBOURS);
  };
  return { top: () => rows(0, TOP - 1), rank, around };
}

const quoted = ({ id, score, reachedAt }: Scored): string => `(${-score},${reachedAt},'${id}')`;

async function fillPostgres(postgres: Postgres, crowded: Crowded): Promise<void> {
  await postgres("CREATE UNLOGGED TABLE board (worse int, reached_at bigint, id text)");
  for await (const part of scoredOf(crowded)) {
    for (let at = 0; at < part.length; at += 5_000)
      await postgres(
        `INSERT INTO board VALUES ${part
          .slice(at, at + 5_000)
          .map(quoted)
          .join(",")}`,
      );
  }
  await postgres("ALTER TABLE board ADD PRIMARY KEY (id)");
  await postgres("CREATE INDEX board_order ON board (worse, reached_at, id)");
  await postgres("VACUUM ANALYZE board");
  await postgres(
    `PREPARE top AS SELECT id, -worse, reached_at FROM board ORDER BY worse, reached_at, id LIMIT ${TOP}`,
  );
  await postgres(
    `PREPARE place(text) AS SELECT count(*) FROM board b, board me WHERE me.id = $1
      AND (b.worse, b.reached_at, b.id) < (me.worse, me.reached_at, me.id)`,
  );
}

/** Who is right is settled before who is fast: ranks and places of people from all over the board. */
async function demandAgreement(
  people: Scored[],
  rank: ReturnType<typeof storeReads>["rank"],
  redis: Redis,
  postgres: Postgres | null,
): Promise<void> {
  const every = Math.ceil(people.length / COMPARED);
  for (const { id, score } of people.filter((_, i) => i % every === 0)) {
    const mine = await rank(id);
    const better = Number(await redis("ZCOUNT", "board", `(${score}`, "+inf"));
    const before = postgres && Number((await postgres(`EXECUTE place('${id}')`))[0]?.[0]);
    if (mine.aboveScore !== better)
      throw new Error(`${mine.aboveScore} stand above ${id}, but Redis says ${better}`);
    const above = mine.aboveScore + mine.inTie;
    if (before !== null && above !== before)
      throw new Error(`${above} stand before ${id}, but PostgreSQL says ${before}`);
  }
}

async function against(crowded: Crowded, defer: Defer): Promise<Row[]> {
  const { world, place, crowd } = crowded;
  const { pick, all } = await picker(crowded);
  const { top, around, rank } = storeReads(crowded);
  const client = await startRedis(defer);
  await fillRedis(client, crowded);
  const postgres = postgresVersion() === null ? null : await startPostgres(defer);
  if (postgres !== null) await fillPostgres(postgres, crowded);
  await demandAgreement(all, rank, client, postgres);
  const redis = redisReads(client);
  // What was just written is in Redis's memory, but a file's pages may have left the system's: all are asked for once.
  for (const { id } of all) {
    await around(id, NEIGHBOURS);
    await redis.around(id);
  }
  const bases = {
    top: oneByOne(redis.top),
    rank: oneByOne(() => redis.rank(pick().id)),
    around: oneByOne(() => redis.around(pick().id)),
  };
  const service = (query: { limit: number; around?: string }) =>
    readLeaderboard(world.call, place.campaignId, { metric: "direct", ...query });
  const entry = (
    base: keyof typeof bases,
    name: string,
    work: () => Promise<unknown>,
    aim?: number,
  ): Entry => ({
    case: `${sizeText(crowd.size)}, ${name}`,
    unit: "reads/s",
    base,
    slice: oneByOne(work),
    ...(aim === undefined ? {} : { aim }),
  });
  const entries = [
    entry("top", `top ${TOP}, service`, () => service({ limit: TOP }), 0.5),
    entry("top", `top ${TOP}, store, read anew`, () => top(TOP)),
    entry("rank", "rank and place in the tie, store", () => rank(pick().id), 1.8),
    entry("rank", "rank and place in the tie, service", () =>
      readRank(world.call, pick().id, { metric: "direct" }),
    ),
    entry("around", "rank with ten neighbours, store", () => around(pick().id, NEIGHBOURS), 1.8),
    entry("around", "rank with ten neighbours, service", () => service({ limit: 1, around: pick().id })),
    ...(postgres === null
      ? []
      : [
          entry("top", `top ${TOP}, PostgreSQL`, () => postgres("EXECUTE top")),
          entry("rank", "place in the order, PostgreSQL", () => postgres(`EXECUTE place('${pick().id}')`)),
        ]),
  ];
  return compete(bases, entries, SLICE_MS);
}

/** The rank of somebody among many, beside that of somebody among 100,000. */
async function flat(sizes: number[], run: Run): Promise<Row[]> {
  return scoped(async (defer) => {
    const sliceOf = async (size: number) => {
      const crowded = await crowdedWorld(size, run.defer, defer);
      const { pick, all } = await picker(crowded);
      const { rank } = storeReads(crowded);
      for (const { id } of all) await rank(id);
      return oneByOne(() => rank(pick().id));
    };
    const base = `rank of ${sizeText(SMALL)}`;
    const bases = { [base]: await sliceOf(SMALL) };
    const entries: Entry[] = [];
    for (const size of sizes) {
      const name = `rank, from ${sizeText(SMALL)} to ${sizeText(size)}`;
      entries.push({ case: name, unit: "reads/s", base, slice: await sliceOf(size), aim: 1.5 });
    }
    return compete(bases, entries, SLICE_MS);
  });
}

/** Reads of a board against Redis and PostgreSQL. */
export const boards: Section = {
  name: "boards",
  title: "Boards, against Redis",
  about:
    "Reads of the board of all time on a file, one after the other, of 5,000 people from all over it. Base: Redis over loopback with " +
    "a sorted set of the same scores, by a bare client of its protocol on one socket: ZREVRANGE 0 99 WITHSCORES, ZREVRANK, and " +
    "ZREVRANK with the ZREVRANGE around it. Redis knows neither names nor who reached a score first; the product's answers have " +
    "both, with how the campaign stands and how old the board is. The service keeps the pages that it has read until a fold moves " +
    "the board's version, which it looks up each time. Everybody who is asked for was asked for once before. PostgreSQL: an " +
    "index in the board's order, and a count on it. Before anything is measured, the ranks of a hundred people must be the same by all of them.",
  run: async (run) => {
    const { sizes, notes } = await sizesWithRoom(run.participants);
    const rows: Row[] = [];
    if (redisVersion() === null)
      notes.push("Redis is not installed here (Debian: redis-server): nothing was compared with it.");
    else {
      notes.push(
        `Redis ${redisVersion()}${postgresVersion() === null ? "" : `, PostgreSQL ${postgresVersion()}`}.`,
      );
      for (const size of sizes)
        rows.push(
          ...(await scoped(async (defer) => against(await crowdedWorld(size, run.defer, defer), defer))),
        );
    }
    rows.push(...(await flat(sizes, run)));
    return { rows, notes };
  },
};
