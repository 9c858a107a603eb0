import { readFileSync } from "node:fs";
import { foldCampaign } from "../../src/services/folding.ts";
import type { Call } from "../../src/services/call.ts";
import { dice, openTown } from "../store/verify-world.ts";
import type { Clock } from "../support/ports.ts";

/** The statements of a migration, in order. */
export const statementsOf = (name: string): string[] =>
  readFileSync(`migrations/${name}.sql`, "utf8").split("--> statement-breakpoint");

/** A campaign with a tree of forty people who came over two days, folded. */
export async function bringTown(call: Call, clock: Clock, seed: number) {
  const town = await openTown(call, clock);
  const roll = dice(seed);
  for (let i = 0; i < 40; i++) {
    clock.now += roll(3_600_000);
    await town.join(town.people[roll(town.people.length + 1)]);
  }
  await foldCampaign(call.ports, town.campaign.id);
  return town;
}
