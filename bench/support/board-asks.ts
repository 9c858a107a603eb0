import { FOREVER } from "../../src/domain/board.ts";
import { formatId, type Id } from "../../src/domain/id.ts";
import { type BoardAsk, type BoardRead, readBoard } from "../../src/store/board.ts";
import { type PlaceRead, readPlace } from "../../src/store/board-place.ts";
import type { Crowded } from "./crowded.ts";

/** Somebody on a board. */
export type Scored = { id: Id; score: number; reachedAt: number };

const CHUNK = 50_000;
/** How many people are asked for, from all over the board. */
const ASKED = 5_000;
const STEP = 1_009;

const numberOf = (value: unknown): number => Number(value);

/** The board of all time by people brought. */
const BOARD = "FROM boards WHERE metric = 'direct' AND starts_at = 0 AND filter = '' AND state = 'live'";

/** Everybody on the board, in the order in which they came, in parts. */
export async function* scoredOf({ world: { driver } }: Crowded): AsyncGenerator<Scored[]> {
  const sql = `SELECT participant_id, score, reached_at FROM tallies NOT INDEXED WHERE board_id = (SELECT id ${BOARD})
    AND ranked = 1 AND participant_id > ? ORDER BY participant_id LIMIT ${CHUNK}`;
  for (let last = 0; ;) {
    const [rows = []] = await driver([{ sql, params: [last] }], "read");
    if (rows.length === 0) return;
    last = numberOf(rows.at(-1)?.[0]);
    yield rows.map(([id, score, reachedAt]) => ({
      id: formatId("participant", numberOf(id)),
      score: numberOf(score),
      reachedAt: numberOf(reachedAt),
    }));
  }
}

/** People from all over the board, as many of a small one as of a large one, in an order that is not the board's. */
export async function picker(crowded: Crowded): Promise<{ pick: () => Scored; all: Scored[] }> {
  const [[row = []] = []] = await crowded.world.driver(
    [{ sql: `SELECT people ${BOARD}`, params: [] }],
    "read",
  );
  const every = Math.max(1, Math.ceil(numberOf(row[0]) / ASKED));
  const all: Scored[] = [];
  let seen = 0;
  for await (const part of scoredOf(crowded)) all.push(...part.filter(() => seen++ % every === 0));
  let turn = 0;
  return { pick: () => all[(turn += STEP) % all.length] as Scored, all };
}

/** Reads the board in the store, without the service around it. */
export function storeReads({ world: { ports, call }, place }: Crowded) {
  const tenant = { workspaceId: call.actor.workspaceId, campaignId: null };
  const board = { metric: "direct", startsAt: 0, endsAt: FOREVER, filter: "" };
  const read = async (ask: Pick<BoardAsk, "limit" | "around">): Promise<BoardRead> => {
    const whole = { ...board, ...ask, campaignId: place.campaignId, now: ports.now(), from: null };
    const found = await readBoard(ports.db, tenant, whole);
    if (found === undefined) throw new Error("the campaign is gone");
    return found;
  };
  return {
    top: (limit: number) => read({ limit, around: null }),
    around: (id: Id, neighbours: number) => read({ limit: 1, around: { id, neighbours } }),
    rank: async (id: Id): Promise<PlaceRead> => {
      const found = await readPlace(ports.db, tenant, id, "direct", ports.now());
      if (found === undefined) throw new Error("the participant is gone");
      return found;
    },
  };
}
