import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import { FOREVER } from "../../src/domain/board.ts";
import { filterText } from "../../src/domain/board-filter.ts";
import { type Id, parseId } from "../../src/domain/id.ts";
import { METRIC_KINDS } from "../../src/domain/metrics/index.ts";
import { keepBoard } from "../../src/services/board-building.ts";
import type { Call } from "../../src/services/call.ts";
import { createInvite } from "../../src/services/invites.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import {
  disqualifyParticipant,
  moveParticipant,
  removeParticipant,
  restoreParticipant,
  voidReferral,
} from "../../src/services/standing.ts";
import type { BoardName } from "../../src/store/board.ts";
import { type Clock, openCampaign } from "../support/ports.ts";

export type Person = { id: Id; code: string };

/** Numbers that look random and are the same in each run. */
export function dice(seed: number) {
  let state = seed;
  return (sides: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** A campaign whose people come from two channels, two regions and with tags, and do whatever is asked. */
export async function openTown(call: Call, clock: Clock) {
  const { campaign, invite } = await openCampaign(call, [100_000]);
  const live = await createInvite(call, campaign.id, { channel: "live" });
  const people: Person[] = [];
  const deed = { cause: "as the test says" };

  const join = async (inviter: Person | undefined): Promise<Person> => {
    clock.now += 1000;
    const n = people.length;
    const { participant } = await joinByServer(
      call,
      campaign.id,
      {
        invite: inviter?.code ?? (n % 2 === 0 ? invite.code : live.code),
        identity: { type: "custom", value: `citizen ${n}` },
        attributes: { region: n % 3 === 0 ? "north" : "south", tags: n % 4 === 0 ? "vip, early" : "early" },
        acknowledged: true,
        answers: {},
      } as never,
      "en",
    );
    const person = { id: participant?.id as Id, code: participant?.inviteCode as string };
    people.push(person);
    return person;
  };

  const someone = (roll: (sides: number) => number): Person => people[roll(people.length)] as Person;

  /** One thing that happens; moves that are not allowed are refused, and change nothing. */
  const happen = async (roll: (sides: number) => number): Promise<void> => {
    clock.now += 500;
    const what = roll(20);
    // Whoever came last takes the last instant of many scores away.
    const person = roll(4) === 0 ? (people.at(-1) as Person) : someone(roll);
    if (what < 8) await join(roll(8) === 0 ? undefined : someone(roll));
    else if (what < 11) await leaveCampaign(call, person.id);
    else if (what < 12) await rejoinCampaign(call, person.id).catch(() => undefined);
    else if (what < 14) await voidReferral(call, person.id, deed);
    else if (what < 15) await removeParticipant(call, person.id, deed);
    else if (what < 17) await restoreParticipant(call, person.id, deed);
    else if (what < 18) await disqualifyParticipant(call, person.id, deed, roll(2) === 0);
    else {
      const inviterId = roll(4) === 0 ? null : someone(roll).id;
      await moveParticipant(call, person.id, { inviterId, ...deed }).catch(() => undefined);
    }
  };
  return { campaign, people, join, happen };
}

const FILTERS = [{}, { channel: "live" }, { region: "north" }, { tag: "vip" }, { depth: 0 }, { depth: 2 }];

/** Has boards of all metrics be kept, over all time and from `since` on, with and without filters. */
export async function keepMany(call: Call, campaignId: Id, since: number): Promise<BoardName[]> {
  const names = METRIC_KINDS.flatMap((metric) =>
    FILTERS.flatMap((filter) =>
      [0, since].map((startsAt) => ({ metric, startsAt, endsAt: FOREVER, filter: filterText(filter) })),
    ),
  );
  for (const name of names) await keepBoard(call.ports, campaignId, name);
  return names;
}

/** Runs SQL behind the product's back. */
export async function corrupt(call: Call, ...statements: SQL[]): Promise<void> {
  const { db } = call.ports;
  const [first, ...rest] = statements.map((statement) => db.q.run(statement));
  if (first !== undefined) await db.write([first, ...rest]);
}

/** A participant's number, for SQL. */
export const numberOf = ({ id }: { id: Id }): SQL => sql`${parseId("participant", id)}`;

/** The board of all time of a metric, as SQL. */
export const boardOf = (campaign: { id: Id }, metric: string): SQL =>
  sql`(SELECT b.id FROM boards b WHERE b.campaign_id = ${parseId("campaign", campaign.id)} AND b.metric = ${metric}
    AND b.starts_at = 0 AND b.filter = '' AND b.state = 'live')`;
