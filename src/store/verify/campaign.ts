import { orderTree } from "../../domain/recount/tree.ts";
import type { Db } from "../db.ts";
import { checkCounts } from "./counts.ts";
import { type Collector, collector } from "./difference.ts";
import { checkFigures } from "./figures.ts";
import { readFilters } from "./filters.ts";
import { type Head, readHead, readVersion } from "./head.ts";
import { checkPeople, type People } from "./people.ts";
import { checkTallies } from "./tallies.ts";

/** What a look at a campaign found. */
export type Looked = { found: Collector; behind: number };

/**
 * Recounts a campaign: each person by their entries, the tree by its links, boards by the credits.
 * Linear in the people and the rows of the boards, however deep the tree is.
 * @returns undefined where the boards were changed meanwhile, so that pages of them do not go together
 */
export async function lookAtCampaign(db: Db, campaignId: number, now: number): Promise<Looked | undefined> {
  const head = await readHead(db, campaignId);
  const found = collector();
  const people = await checkPeople(db, head, now, found);
  const order = orderTree(people.inviters);
  checkLevels(head, people, order, found);
  const kept = head.boards.filter(({ state }) => state !== "final");
  const filtersOf = await readFilters(db, head, kept, people, order.levels);
  for (const board of kept) {
    await checkTallies(db, head, board, people, order, filtersOf(board), found);
  }
  for (const board of head.boards) await checkCounts(db, head, board, found);
  await checkFigures(db, campaignId, found);
  if ((await readVersion(db, campaignId)) !== head.version) return undefined;
  return { found, behind: people.behind };
}

function checkLevels(
  { campaignId }: Head,
  { ids, levels }: People,
  order: ReturnType<typeof orderTree>,
  found: Collector,
): void {
  for (const place of order.lost) found.compare("circle of inviters", ids[place] as number, campaignId, 1, 0);
  // Levels in a circle mean nothing.
  if (order.lost.length > 0) return;
  for (const [place, level] of order.levels.entries())
    found.compare("level", ids[place] as number, campaignId, levels[place] as number, level);
}
