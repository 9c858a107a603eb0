import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect } from "vitest";
import { REFUSALS } from "../../src/domain/attribution.ts";
import { referralStatus } from "../../src/domain/credit.ts";
import { METRIC_KINDS } from "../../src/domain/metrics/index.ts";
import type { TreeNode } from "../../src/domain/tree.ts";
import { readReplay } from "../../src/services/attribution.ts";
import type { Call } from "../../src/services/call.ts";
import { readCampaignFunnel, readCampaignGrowth } from "../../src/services/growth.ts";
import { getParticipant } from "../../src/services/participants.ts";
import { rebuild } from "../../src/services/rebuilding.ts";
import { readCampaignSources } from "../../src/services/sources.ts";
import { readAncestors, readTree } from "../../src/services/trees.ts";
import { findDifferences, verify } from "../../src/store/verify.ts";
import type { Clock } from "../support/ports.ts";
import { compareFigures } from "./growth-compare.ts";
import { standingOf } from "./growth-model.ts";
import { BEGIN, compareBoards, wholeBoard } from "./history-boards.ts";
import { pick } from "./history-credit.ts";
import { aboveOf, type Branch, branchOf, isPresent, qualifiedAt } from "./history-model.ts";
import { aHistory, play, type Played } from "./history-play.ts";
import { parseId } from "../../src/domain/id.ts";
import { corrupt } from "./verify-world.ts";

/** Everybody: how they stand, who brought them, and all that is kept of how they came. */
async function comparePeople(call: Call, now: number, { people, paper }: Played) {
  for (const person of people) {
    const found = await getParticipant(call, person.id);
    const qualified = qualifiedAt(person, paper.stayMs, now);
    const standing = standingOf(person);
    const touches = person.touches.map(({ door, at, typed }) => [
      parseId("invite", door.inviteId),
      at,
      Number(typed),
    ]);
    expect(
      {
        present: found.leftAt === null,
        qualifiedAt: found.qualifiedAt,
        inviterId: found.inviterId,
        standing: found.standing ?? "good",
        disqualified: found.disqualifiedAt !== null,
        credit: [found.parentId, found.creditedVia ?? found.invitedVia, found.refusal],
        touches: found.touches,
      },
      person.name,
    ).toEqual({
      present: isPresent(person),
      qualifiedAt: qualified,
      inviterId: people.find(({ name }) => name === person.inviter?.name)?.id ?? null,
      standing,
      disqualified: person.disqualified,
      credit: [people.find((one) => one === person.brought)?.id ?? null, person.via.inviteId, person.refusal],
      touches: touches.length === 1 ? null : touches,
    });
    const status = referralStatus({
      present: found.leftAt === null,
      qualified: found.qualifiedAt !== null,
      standing: found.standing ?? "good",
    });
    const counts = isPresent(person) && standing === "good";
    expect(status).toBe(counts ? (qualified === null ? "pending" : "qualified") : "voided");
  }
}

/** What other rules would have made of the arrivals. */
async function compareReplays(call: Call, { campaignId, people, setup }: Played) {
  for (const model of ["first_touch", "last_touch"] as const) {
    for (const windowDays of [1, 30]) {
      const expected = people.flatMap((person) => {
        const { touches, joinedAt, came, via, id } = person;
        const rules = { ...setup, model, windowDays };
        const other = touches.length === 1 ? via : (pick(rules, touches, joinedAt) ?? came);
        return other === via ? [] : [[id, via.inviteId, other.inviteId]];
      });
      const found: (string | null)[][] = [];
      let cursor: string | undefined;
      do {
        const { page } = await readReplay(call, campaignId, { model, windowDays, limit: 40, cursor });
        for (const { participantId, inviteNow, inviteReplayed } of page.data)
          found.push([participantId, inviteNow, inviteReplayed]);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(found.reverse()).toEqual(expected);
    }
  }
}

const shapeOf = ({
  participant,
  direct,
  team,
  children,
}: Omit<TreeNode<{ displayName: string }>, "more">): Branch => ({
  name: participant.displayName,
  direct,
  team,
  children: children.map(shapeOf),
});

/** Trees that come in one answer, and the way up from everybody. */
async function compareTrees(call: Call, { people }: Played) {
  for (const person of people) {
    const { data } = await readAncestors(call, person.id, { limit: 1000 });
    expect(data.map(({ displayName }) => displayName)).toEqual(aboveOf(person).map(({ name }) => name));
    if (person.inviter !== null) continue;
    const tree = await readTree(call, person.id, { depth: 100, limit: 1000 });
    if (tree.next === null) expect(shapeOf(tree)).toEqual(branchOf(person, people));
  }
}

/** Everything that there is to read of a campaign, against the model on paper. */
async function compareAll(call: Call, now: number, played: Played, random: number): Promise<void> {
  await compareBoards(call, now, played, random);
  await comparePeople(call, now, played);
  await compareTrees(call, played);
  await compareReplays(call, played);
  await compareFigures({ call, id: played.campaignId, paper: played.paper, begin: BEGIN, now });
}

/** What there is to see of a campaign without ids, so that two campaigns can be compared. */
async function seenOf(call: Call, { campaignId }: Played): Promise<unknown[]> {
  const seen: unknown[] = [
    await readCampaignFunnel(call, campaignId, {}, {}),
    await readCampaignGrowth(call, campaignId, { by: "week" }),
    await readCampaignSources(call, campaignId, {}),
  ];
  for (const metric of METRIC_KINDS) seen.push(await wholeBoard(call, campaignId, { metric }, 50));
  return seen;
}

/** Campaigns whose histories are over, and the numbers that they are looked at with. */
export type Over = { played: Played; random: number; end: number }[];

/**
 * A history of up to `maxLength` events, told in two orders to two campaigns: each is what the model on paper
 * says, half way and at the end, and the two are the same. What took place is added to `over`.
 */
export const historyProperty = (call: Call, clock: Clock, over: Over, maxLength: number, minLength = 1) =>
  fc.asyncProperty(aHistory(minLength, maxLength), fc.nat(10_000), async (history, random) => {
    clock.now = BEGIN;
    const look = (played: Played) => compareAll(call, clock.now, played, random);
    const first = await play(call, clock, history, "shuffled", look);
    await look(first);
    const end = clock.now;
    const seen = await seenOf(call, first);
    clock.now = BEGIN;
    const second = await play(call, clock, history, random % 2 === 0 ? "at once" : "backwards at the end");
    expect(clock.now).toBe(end);
    await look(second);
    expect(await seenOf(call, second)).toEqual(seen);
    over.push({ played: first, random, end }, { played: second, random, end });
  });

/** How often something came up that is easily left out by chance. */
export function cameUp(over: Over): Record<string, number> {
  const people = over.flatMap(({ played }) => played.people);
  const count = (what: (person: Played["people"][number]) => boolean) => people.filter(what).length;
  return {
    friend: count(({ brought }) => brought !== null),
    typed: count(({ touches }) => touches.some(({ typed }) => typed)),
    anotherDoor: count(({ via, came }) => via !== came),
    manyArrivals: count(({ touches }) => touches.length > 2),
    ...Object.fromEntries(REFUSALS.map((one) => [one, count(({ refusal }) => refusal === one)])),
    moved: count(({ inviter, brought }) => inviter !== brought),
    cameBack: count(({ told }) => told.some(({ kind }) => kind === "returned")),
    judged: count(({ verdicts }) => verdicts.length > 1),
    disqualified: count(({ disqualified }) => disqualified),
    confirmedLater: count(({ confirmedAt, joinedAt }) => confirmedAt !== null && confirmedAt > joinedAt),
    scans: over.reduce((sum, { played }) => sum + played.paper.scans.length, 0),
    turnedAway: over.reduce(
      (sum, { played }) => sum + played.paper.gate.filter((one) => !one.passed).length,
      0,
    ),
  };
}

/** Faults in all that is derived, in all campaigns. */
const FAULTS = [
  sql`UPDATE participants SET left_at = iif(left_at IS NULL, joined_at + 1, NULL) WHERE id % 3 = 0`,
  sql`UPDATE participants SET qualified_at = NULL, qualifies_at = NULL WHERE id % 3 = 1`,
  sql`UPDATE participants SET standing = 'voided', disqualified_at = 77 WHERE id % 5 = 0`,
  sql`UPDATE participants SET moved_at = 77, moved_to = NULL WHERE id % 7 = 0`,
  sql`UPDATE participants SET level_shift = 4 WHERE id % 11 = 0`,
  sql`DELETE FROM credits WHERE participant_id % 3 = 0`,
  sql`UPDATE tallies SET score = score + 3, reached_at = reached_at - 1 WHERE participant_id % 2 = 0`,
  sql`DELETE FROM growth_cells WHERE slice IN (0, 3)`,
  sql`UPDATE growth_cells SET present = present + 1, brought = brought + 2`,
  sql`DELETE FROM growth_cycles`,
  sql`UPDATE growth_happened SET n = n + 1`,
  sql`UPDATE growth_people SET marks = 0 WHERE participant_id % 2 = 0`,
  sql`UPDATE growth_scans SET n = n + 1`,
  sql`UPDATE growth_gates SET passed = passed - 1`,
];

/** As `npm run rebuild` goes about it: a check of very much that is wrong does not name all of it at once. */
async function rebuildAll({ ports }: Call): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const report = await verify(ports.db, ports.now());
    if (report.found === 0) return;
    await rebuild(ports, report, () => undefined);
  }
}

/** Spoils whatever can be counted anew, has it rebuilt from the ledger, and looks at everything once more. */
export async function afterRebuild(call: Call, clock: Clock, over: Over): Promise<void> {
  clock.now = Math.max(...over.map(({ end }) => end)) + 1;
  await corrupt(call, ...FAULTS);
  await rebuildAll(call);
  expect(await findDifferences(call.ports.db, clock.now)).toEqual([]);
  for (const { played, random } of over) await compareAll(call, clock.now, played, random);
}
