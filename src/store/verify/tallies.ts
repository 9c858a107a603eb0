import { sql } from "drizzle-orm";
import { readCredit } from "../../domain/credit.ts";
import { metricOf } from "../../domain/metrics/index.ts";
import { countUp, type Order } from "../../domain/recount/tree.ts";
import { type Db, jsonQuery, jsonRows } from "../db.ts";
import { boardRef, type Collector } from "./difference.ts";
import type { CheckedBoard, Head } from "./head.ts";
import type { People } from "./people.ts";
import { NOT_FOLDED, UNSURE } from "./person.ts";

/** Scores that are read at a time. */
const PAGE = 5000;

type Stored = [participantId: number, score: number, reachedAt: number, ranked: number];

const readPage = async (db: Db, boardId: number, after: number): Promise<Stored[]> => {
  const [rows] = await db.read([
    jsonQuery(
      db,
      sql`SELECT json_array(participant_id, score, reached_at, ranked) FROM tallies
        WHERE board_id = ${boardId} AND participant_id > ${after} ORDER BY participant_id LIMIT ${PAGE}`,
    ),
  ]);
  return jsonRows<Stored>(rows);
};

/** What everybody is to have on a board, by the credits that are folded and the tree of today. */
function expected(board: CheckedBoard, people: People, order: Order) {
  const { counts, when, reach } = metricOf(board.metric);
  const counting = Array.from(
    { length: NOT_FOLDED + 1 },
    (_, state) => state < 12 && counts(readCredit(state)),
  );
  const instants = when === "joined" ? people.joinedAt : people.qualifiedAt;
  return countUp(people.inviters, order, reach, (place) => {
    const at = instants[place] as number;
    const isIn = counting[people.states[place] as number] && (people.ids[place] as number) <= board.builtUpto;
    return isIn && at >= board.startsAt && at < board.endsAt ? at : -1;
  });
}

/**
 * Compares the scores of a board with what the credits give.
 * @param isOff whether the board's filter leaves somebody out
 */
export async function checkTallies(
  db: Db,
  { campaignId }: Head,
  board: CheckedBoard,
  people: People,
  order: Order,
  isOff: (place: number) => boolean,
  found: Collector,
): Promise<void> {
  const { ids, ranked } = people;
  const { scores, reachedAt } = expected(board, people, order);
  const ref = boardRef(board);
  let place = 0;
  /** Nobody before this id has a row: then nobody there may have a score. */
  const skipTo = (id: number) => {
    for (; place < ids.length && (ids[place] as number) < id; place++) {
      if (!isOff(place))
        found.compare("score", ids[place] as number, campaignId, 0, scores[place] as number, ref);
    }
  };
  for (let after = -1; ;) {
    const rows = await readPage(db, board.id, after);
    for (const [id, score, reached, stands] of rows) {
      skipTo(id);
      const isHere = ids[place] === id;
      const wanted = isHere && !isOff(place) ? (scores[place] as number) : 0;
      found.compare("score", id, campaignId, score, wanted, ref);
      if (wanted > 0) {
        found.compare("score reached", id, campaignId, reached, reachedAt[place] as number, ref);
        if (ranked[place] !== UNSURE)
          found.compare("score ranked", id, campaignId, stands, ranked[place] as number, ref);
      }
      if (isHere) place++;
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last[0];
  }
  skipTo(Number.POSITIVE_INFINITY);
}
