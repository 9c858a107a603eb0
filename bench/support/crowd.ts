import { type Id, idCandidate, parseId } from "../../src/domain/id.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { createDb, type Db, type Driver, type Statement } from "../../src/store/db.ts";
import { countArrivals } from "../../src/store/growth/arrivals.ts";
import { countStep } from "../../src/store/growth/count.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { copiesOf, openStage, stage, sumsOf, sumUp, talliesOf } from "./crowd-sql.ts";
import { generator, growTree } from "./tree.ts";
import { newcomer, type Place, type World } from "./world.ts";

/** Some of the crowd, evenly spread: their numbers in the database, and the codes of their own invites. */
export type Crowd = { size: number; ids: number[]; codes: string[] };

/** How a crowd is written: so many people in a transaction, by a driver. */
export type Loader = { chunk: number; driver: Driver };

/** A crowd to be: two people have really joined, and it is to be copied from the second one. */
export type Plan = {
  size: number;
  campaign: number;
  poster: number;
  groups: number[];
  copies: Statement[];
  /** When the crowd begins to come, and until when it came. */
  from: number;
  until: number;
};

const SAMPLE = 20_000;
/** People whom one statement stages: it must have less than 32,766 parameters. */
const STAGED = 2_000;
const DAY = 86_400_000;
/** Crowds up to here are compared with the ledger counter by counter, larger ones by their sums. */
const VERIFIED = 100_000;

/** Two people really join, one by the other: what the second one's join wrote is the pattern. */
export async function planCrowd(world: World, place: Place, size: number, until: number): Promise<Plan> {
  const { driver, call, ports } = world;
  const join = (code: string) => joinByServer(call, place.campaignId, newcomer(code), "en");
  const first = await join(place.invite.code);
  const second = await join(first.participant?.inviteCode ?? "");
  await foldCampaign(ports, place.campaignId);
  const campaign = parseId("campaign", place.campaignId) ?? 0;
  const pattern = parseId("participant", second.participant?.id ?? "") ?? 0;
  const [rows = []] = await driver(
    [
      {
        sql: "SELECT g.id FROM groups g JOIN campaigns c ON c.community_id = g.community_id WHERE c.id = ? ORDER BY g.id",
        params: [campaign],
      },
    ],
    "read",
  );
  return {
    size,
    campaign,
    poster: parseId("invite", place.invite.id) ?? 0,
    groups: rows.map(([id]) => Number(id)),
    copies: [
      ...(await copiesOf(driver, pattern, second.participant?.joinedAt ?? 0)),
      ...(await talliesOf(driver, pattern)),
    ],
    from: until - 30 * DAY,
    until,
  };
}

const ALPHABET = "23456789bcdfghjkmnpqrstvwxz";
const TRIPLES = Array.from({ length: 27 ** 3 }, (_, i) =>
  [Math.floor(i / 729), Math.floor(i / 27) % 27, i % 27].map((at) => ALPHABET[at]).join(""),
);
const PAIRS = Array.from({ length: 1024 }, (_, i) => i.toString(32).padStart(2, "0"));

/** Codes that look random and are never equal: seven characters come from the place, one to one. */
function codeOf(place: number, random: () => number): string {
  const mixed = Math.imul(place + 1, 0x9e3779b1) >>> 0;
  const [high, middle, low] = [Math.floor(mixed / 27 ** 4), Math.floor(mixed / 27), mixed % 27];
  const rest = TRIPLES[Math.floor(random() * 27 ** 3)] as string;
  return `${TRIPLES[high]}${TRIPLES[middle % 27 ** 3]}${ALPHABET[low]}${rest}${ALPHABET[Math.floor(random() * 27)]}`;
}

/** As long as an identity's hash, and as random. */
export function hashText(random: () => number): string {
  let text = "";
  while (text.length < 26) text += PAIRS[Math.floor(random() * 1024)] as string;
  return text;
}

/** The people of a plan in the order in which they came, as they are staged. */
function rowsOf({ size, groups, poster, from, until }: Plan): {
  rowOf: (i: number) => unknown[];
  crowd: Crowd;
} {
  const tree = growTree(size);
  const random = generator(2);
  const joinedAt = (i: number) => from + Math.floor(((i + 1) * (until - from)) / (size + 1));
  const idOf = (i: number) => idCandidate(joinedAt(i), 0);
  const crowd: Crowd = { size, ids: [], codes: [] };
  const every = Math.ceil(size / SAMPLE);
  const rowOf = (i: number) => {
    const [id, code] = [idOf(i), codeOf(i, random)];
    if (i % every === 0) {
      crowd.ids.push(id);
      crowd.codes.push(code);
    }
    const [parent, direct, team] = [tree.parent, tree.direct, tree.team].map((of) => of[i] as number) as [
      number,
      number,
      number,
    ];
    const inviter = parent < 0 ? null : idOf(parent);
    // In the order of `STAGE`.
    const who = [
      id,
      joinedAt(i),
      hashText(random),
      code,
      inviter,
      inviter ?? poster,
      groups[i % groups.length],
    ];
    const lastDirect = direct > 0 ? joinedAt(tree.directLast[i] as number) : null;
    const lastTeam = team > 0 ? joinedAt(tree.teamLast[i] as number) : null;
    return [...who, tree.depth[i], direct, lastDirect, team, lastTeam];
  };
  return { rowOf, crowd };
}

/** Writes a crowd in sets, where one by one would take hours. */
export async function loadCrowd(plan: Plan, { chunk, driver }: Loader): Promise<Crowd> {
  const { rowOf, crowd } = rowsOf(plan);
  await driver([openStage], "write");
  for (let from = 0; from < plan.size; from += chunk) {
    const to = Math.min(plan.size, from + chunk);
    const statements: Statement[] = [];
    for (let next = from; next < to; next += STAGED)
      statements.push(stage(Array.from({ length: Math.min(STAGED, to - next) }, (_, n) => rowOf(next + n))));
    await driver([...statements, ...plan.copies, { sql: "DELETE FROM crowd", params: [] }], "write");
  }
  await driver(sumUp(plan.campaign, plan.poster), "write");
  return crowd;
}

/** Entries, visits and people at gates that are counted at once. */
const COUNTED = 50_000;

/** Brings the sums of growth figures up to date, as the server's own job does. */
export async function countCrowd(db: Db, campaignId: Id, now: number): Promise<void> {
  while (await countStep(db, campaignId, COUNTED, now, 0));
  while (await countArrivals(db, COUNTED));
}

/** Checks a crowd by what the product itself derives from the ledger. */
export async function demandWhole(driver: Driver, { size, campaign }: Plan): Promise<void> {
  const wrong = size <= VERIFIED ? await findDifferences(createDb(driver)) : [];
  if (wrong.length > 0) throw new Error(`the crowd does not add up: ${JSON.stringify(wrong.slice(0, 5))}`);
  const [[row = []] = []] = await driver([sumsOf(campaign)], "read");
  const [people, folded, seats, credits, joined, invited, direct, uses] = row.map(Number);
  if (people !== size + 2 || new Set([people, folded, seats, credits, joined]).size > 1)
    throw new Error(`${size + 2} people have joined, but there are ${row.slice(0, 5).join(", ")}`);
  if (invited !== direct || direct !== uses)
    throw new Error(`the boards do not add up: ${row.slice(5).join(", ")}`);
}

/**
 * Fills a campaign with `size` participants, as if they had come evenly over the 30 days up to an hour ago:
 * two people really join, the crowd is copied from what the second join wrote, and the result is checked.
 */
export async function bringCrowd(world: World, place: Place, size: number): Promise<Crowd> {
  const plan = await planCrowd(world, place, size, world.ports.now() - 3_600_000);
  const crowd = await loadCrowd(plan, { chunk: STAGED, driver: world.driver });
  await countCrowd(createDb(world.driver), place.campaignId, world.ports.now());
  await demandWhole(world.driver, plan);
  return crowd;
}
