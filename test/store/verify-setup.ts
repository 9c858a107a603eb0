import { sql } from "drizzle-orm";
import { afterEach, beforeEach, expect } from "vitest";
import { parseId } from "../../src/domain/id.ts";
import type { Call } from "../../src/services/call.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { rebuild } from "../../src/services/rebuilding.ts";
import { findDifferences, verify } from "../../src/store/verify.ts";
import { type Clock, openPorts } from "../support/ports.ts";
import { boardOf, dice, numberOf, openTown, type Person } from "./verify-world.ts";

export const clock: Clock = { now: Date.parse("2026-03-01T08:00:00Z") };
let opened: Awaited<ReturnType<typeof openPorts>>;
export let call: Call;
export let town: Awaited<ReturnType<typeof openTown>>;
/** Who brought everybody; somebody whom they brought; somebody whom that one brought. */
export let root: Person;
export let child: Person;
export let leaf: Person;

/** A database of its own for each test, with a few people, and everything folded. */
beforeEach(async () => {
  opened = await openPorts(clock);
  call = opened.call;
  town = await openTown(call, clock);
  const roll = dice(7);
  root = await town.join(undefined);
  child = await town.join(root);
  leaf = await town.join(child);
  for (let i = 0; i < 12; i++) await town.join(i % 3 === 0 ? child : root);
  for (let i = 0; i < 10; i++) await town.join(town.people[roll(town.people.length)]);
  await foldCampaign(call.ports, town.campaign.id);
  expect(await findDifferences(call.ports.db)).toEqual([]);
});
afterEach(() => opened.close());

/** What differs, each kind once, with the values of the first. */
export const named = async () => {
  const all = await findDifferences(call.ports.db, clock.now);
  return all
    .filter(({ what }, i) => all.findIndex((other) => other.what === what) === i)
    .map(({ what, stored, derived }) => [what, stored, derived]);
};

/** Rebuilds by a report, and answers what it did, without the names of campaign and group. */
export async function mend(): Promise<string[]> {
  const did: string[] = [];
  await rebuild(call.ports, await verify(call.ports.db, clock.now), (line) => did.push(line));
  return did.map((line) => line.replace(/^(campaign|group) \w+: /, ""));
}

export const ANEW = "3 boards built anew";
export const A_NUMBER = expect.any(Number) as number;
export const inCampaign = () => sql`campaign_id = ${parseId("campaign", town.campaign.id)}`;
export const ofTeam = (person: Person) =>
  sql`board_id = ${boardOf(town.campaign, "team")} AND participant_id = ${numberOf(person)}`;
export const ofPerson = (person: Person) => sql`id = ${numberOf(person)}`;
