import { FOREVER } from "../domain/board.ts";
import { formatId } from "../domain/id.ts";
import { Problem } from "../domain/problem.ts";
import type { Ports } from "../runtime/ports.ts";
import { refusalOf } from "../store/constraint.ts";
import { reopenBoards, sweepRetired } from "../store/fold/build.ts";
import { findUnbuiltOf } from "../store/fold/lagging.ts";
import type { Db } from "../store/db.ts";
import type { Report } from "../store/verify.ts";
import type { Difference, What } from "../store/verify/difference.ts";
import { listCampaignNumbers } from "../store/verify/head.ts";
import * as counts from "../store/verify/mend-counts.ts";
import { findStructure } from "../store/verify/structure.ts";
import * as figures from "../store/verify/mend-figures.ts";
import { mendCredits, mendLevels, mendPeople, putCreditsBack } from "../store/verify/mend-people.ts";
import { buildBoard } from "./board-building.ts";
import { countCampaign } from "./counting.ts";
import { foldCampaign } from "./folding.ts";

/** Rows that are mended in one batch. */
const CHUNK = 200;

/** Rows of boards that go in one batch. */
const SWEEP = 5000;

/** How often a campaign is folded anew where others are always faster. */
const TRIES = 20;

/** What a participant's entries say of them. */
const OF_PEOPLE: readonly What[] = [
  "left",
  "qualified",
  "qualifies",
  "standing",
  "disqualified",
  "inviter",
  "seat",
];
const OF_CREDITS: readonly What[] = ["credit", "inviter of the credit", "instant of the credit"];

const chunksOf = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, i) => items.slice(i * CHUNK, (i + 1) * CHUNK));

/** The rows of some differences, each once. */
const idsOf = (differences: readonly Difference[], kinds: readonly What[]): number[] => [
  ...new Set(differences.filter(({ what }) => kinds.includes(what)).map(({ id }) => id)),
];

/** Folds what is pending, however many others fold as well. */
async function foldPatiently(ports: Ports, campaignId: string): Promise<void> {
  for (let left = TRIES; ; left--) {
    try {
      return await foldCampaign(ports, campaignId);
    } catch (error) {
      if (left === 0 || !(error instanceof Problem && error.code === "busy")) throw error;
    }
  }
}

/**
 * Puts right what a check found, and builds all boards anew, while servers go on. The state of people comes
 * from their entries, credits from the people, boards from the credits, and each step is a batch that is
 * right whatever comes in between. What needs an operator's decision stays: a second check names it.
 * @param say is told of each thing that was done
 */
export async function rebuild(ports: Ports, report: Report, say: (line: string) => void): Promise<void> {
  const { db } = ports;
  await mendCounts(db, report.differences, say);
  const ofCampaigns = new Map<number | null, Difference[]>();
  for (const difference of report.differences) {
    const known = ofCampaigns.get(difference.campaignId);
    if (known === undefined) ofCampaigns.set(difference.campaignId, [difference]);
    else known.push(difference);
  }
  for (let after = 0; ;) {
    const page = await listCampaignNumbers(db, after);
    for (const id of page) await rebuildCampaign(ports, id, ofCampaigns.get(id) ?? [], report.upto, say);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last;
  }
  // Whose state was put right may have lost a seat that was none: so seats come last, as they are now.
  await mendSeats(db, await findStructure(db), say);
  while (await sweepRetired(db, SWEEP));
}

async function rebuildCampaign(
  ports: Ports,
  campaign: number,
  differences: readonly Difference[],
  upto: number,
  say: (line: string) => void,
): Promise<void> {
  const { db } = ports;
  const id = formatId("campaign", campaign);
  const tell = (n: number, what: string) => n > 0 && say(`campaign ${id}: ${n} ${what}`);

  const people = idsOf(differences, OF_PEOPLE);
  for (const ids of chunksOf(people)) await mendPeople(db, campaign, ids, ports.now(), ports.newId());
  tell(people.length, "people put right by their entries");

  const levels = differences
    .filter(({ what }) => what === "level")
    .map((difference) => ({ id: difference.id, level: difference.derived as number }));
  for (const some of chunksOf(levels)) await mendLevels(db, campaign, some, upto);
  tell(levels.length, "levels put right by the tree");

  const short = differences.find(({ what }) => what === "people folded");
  if (short !== undefined) {
    await counts.mendPeopleFolded(db, campaign, (short.derived ?? 0) - (short.stored ?? 0));
    say(`campaign ${id}: the number of people folded put right`);
  }

  let credits = 0;
  const wrong = idsOf(differences, OF_CREDITS);
  for (const ids of chunksOf(wrong)) credits += await putCreditsBack(db, campaign, ids);
  await foldPatiently(ports, id);
  for (const ids of chunksOf([...new Set([...people, ...wrong])])) {
    credits += await mendCredits(db, campaign, ids);
  }
  tell(credits, "credits put right by the people");

  await reopenBoards(db, id, ports.now());
  const boards = await findUnbuiltOf(db, id);
  for (const { id: board, campaignId, ...name } of boards) {
    await buildBoard(ports, campaignId, board, name, FOREVER);
  }
  tell(boards.length, "boards built anew");
  await foldPatiently(ports, id);
  await mendFigures(ports, campaign, new Set(differences.map(({ what }) => what)), say);
}

/** What of people's figures can differ, and of visits and gates. */
const OF_FIGURES: readonly What[] = [
  ...(["counted inviter", "counted generation", "counted root", "counted marks"] as const),
  ...(["counted friends", "counted quarter", "half cleared counts"] as const),
  ...(["count of people", "count of events", "count of cycles"] as const),
];
const OF_ARRIVALS: readonly What[] = ["count of visits", "count of the gate"];

/** Counts anew what figures are read from, where something of it is wrong. Readers recount meanwhile. */
async function mendFigures(
  ports: Ports,
  campaign: number,
  wrong: ReadonlySet<What>,
  say: (line: string) => void,
): Promise<void> {
  const { db } = ports;
  const id = formatId("campaign", campaign);
  if (OF_ARRIVALS.some((what) => wrong.has(what))) {
    await figures.mendArrivals(db, campaign);
    say(`campaign ${id}: visits and people at the gate counted anew`);
  }
  if (!OF_FIGURES.some((what) => wrong.has(what))) return;
  await figures.beginClearing(db, campaign);
  for (let after: number | null = 0; after !== null;)
    after = await figures.clearPeople(db, campaign, after, SWEEP);
  await figures.endClearing(db, campaign);
  await countCampaign(ports, id, Infinity);
  say(`campaign ${id}: its people counted anew for the figures`);
}

/** Mends what is counted apart from campaigns' boards: seats, uses, and rows that hang on nothing. */
async function mendCounts(
  db: Db,
  differences: readonly Difference[],
  say: (line: string) => void,
): Promise<void> {
  const strays = idsOf(differences, ["credit of nobody"]);
  for (const ids of chunksOf(strays)) await counts.dropStrayCredits(db, ids);
  if (strays.length > 0) say(`${strays.length} credits of nobody taken away`);

  for (const id of idsOf(differences, ["rows of no board"])) {
    while (await counts.dropStrayRows(db, id, SWEEP));
    say(`rows of board ${id}, which there is not, taken away`);
  }

  const used = idsOf(differences, ["uses"]);
  for (const ids of chunksOf(used)) await counts.mendUses(db, ids);
  if (used.length > 0) say(`uses of ${used.length} invites counted anew`);

  const finals = differences.filter(({ what, board }) => what === "count of a board" && board?.final);
  for (const boardId of new Set(finals.map(({ board }) => board?.id as number))) {
    const wrong = finals.filter(({ board }) => board?.id === boardId);
    for (const some of chunksOf(wrong)) {
      const list = some.map(({ bucket, derived }) => ({ level: 0, bucket: 0, ...bucket, n: derived ?? 0 }));
      await counts.mendFinalCounts(db, boardId, list);
    }
    say(`${wrong.length} counts of the final board ${boardId} put right by its rows`);
  }
}

/** Counts the seats of groups anew, each by itself: one that is over its capacity takes an operator. */
async function mendSeats(
  db: Db,
  differences: readonly Difference[],
  say: (line: string) => void,
): Promise<void> {
  for (const id of idsOf(differences, ["seats taken", "merged group"])) {
    try {
      await counts.mendGroup(db, id);
      say(`group ${formatId("group", id)}: seats counted anew`);
    } catch (error) {
      if (refusalOf(error)?.kind !== "check") throw error;
      say(`group ${formatId("group", id)}: more people sit in it than it has seats for: raise its capacity`);
    }
  }
}
