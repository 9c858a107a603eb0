import { readCredit } from "../../domain/credit.ts";
import { metricOf } from "../../domain/metrics/index.ts";
import { countUp, NOBODY, type Order } from "../../domain/recount/tree.ts";
import type { Db } from "../db.ts";
import { boardRef, type Collector } from "./difference.ts";
import type { CheckedBoard, Head } from "./head.ts";
import { type People, placeOf } from "./people.ts";
import { NOT_FOLDED, UNSURE } from "./person.ts";
import { type BoardRow, rankedPages, unrankedPages } from "./rows.ts";

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
  const seen = new Uint8Array(ids.length);
  const compare = (rows: readonly BoardRow[], stands: 0 | 1) => {
    for (const [score, reached, id] of rows) {
      const place = placeOf(ids, id);
      if (place !== NOBODY) seen[place] = 1;
      const wanted = place !== NOBODY && !isOff(place) ? (scores[place] as number) : 0;
      found.compare("score", id, campaignId, score, wanted, ref);
      if (wanted === 0) continue;
      found.compare("score reached", id, campaignId, reached, reachedAt[place] as number, ref);
      if (ranked[place] !== UNSURE)
        found.compare("score ranked", id, campaignId, stands, ranked[place] as number, ref);
    }
  };
  for await (const rows of rankedPages(db, board.id)) compare(rows, 1);
  for await (const rows of unrankedPages(db, board.id)) compare(rows, 0);
  // Who has no row may have no score.
  for (const [place, was] of seen.entries()) {
    if (was === 0 && !isOff(place))
      found.compare("score", ids[place] as number, campaignId, 0, scores[place] as number, ref);
  }
}
