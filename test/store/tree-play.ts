import fc from "fast-check";
import type { Call } from "../../src/services/call.ts";
import { foldCampaign } from "../../src/services/folding.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { leaveCampaign } from "../../src/services/membership.ts";
import {
  disqualifyParticipant,
  moveParticipant,
  removeParticipant,
  voidReferral,
} from "../../src/services/standing.ts";
import { type Clock, openCampaign } from "../support/ports.ts";
import * as model from "./tree-model.ts";
import type { Person } from "./tree-model.ts";

const DEEDS = ["join", "move", "leave", "void", "remove", "disqualify"] as const;
/** What becomes of a campaign's people. `who` and `other` are numbers of them, -1 whoever came last. */
export const history = fc.array(
  fc.record({
    // Many join, and below whoever came last as often as below anybody: there are long lines too.
    deed: fc.oneof({ weight: 12, arbitrary: fc.constant("join" as const) }, fc.constantFrom(...DEEDS)),
    who: fc.nat(1000),
    other: fc.oneof(fc.nat(1000), fc.constant(-1)),
  }),
  { minLength: 1, maxLength: 45 },
);

/** Lets a history take place, and writes it down beside. Nobody is brought by or moved to who was removed. */
export async function play(
  call: Call,
  clock: Clock,
  steps: { deed: (typeof DEEDS)[number]; who: number; other: number }[],
) {
  const { campaign, invite } = await openCampaign(call, [1000]);
  const people: Person[] = [];
  const codes = new Map<Person, string>();
  const cause = { cause: "as the test says" };
  const join = async (inviter: Person | null): Promise<Person> => {
    // A spreadsheet would take such a name for a formula.
    const name = `=person ${people.length}`;
    const input = {
      invite: (inviter && codes.get(inviter)) ?? invite.code,
      identity: { type: "custom" as const, value: name },
      displayName: name,
      acknowledged: true as const,
      answers: {},
    };
    const { participant } = await joinByServer(call, campaign.id, input, "en");
    const made: Person = {
      id: participant?.id as string,
      name,
      nth: people.length,
      inviter,
      present: true,
      standing: "good",
      disqualified: false,
    };
    people.push(made);
    codes.set(made, participant?.inviteCode as string);
    return made;
  };
  for (const { deed, who, other } of steps) {
    clock.now += 1000;
    const person = people[who % Math.max(1, people.length)];
    const aim = other < 0 ? people.at(-1) : people[other % Math.max(1, people.length)];
    const inviter = aim === undefined || other % 7 === 0 || aim.standing === "removed" ? null : aim;
    if (deed === "join" || person === undefined) await join(inviter);
    else if (deed === "move") {
      if (inviter === person || (inviter !== null && model.aboveOf(inviter).includes(person))) continue;
      await moveParticipant(call, person.id, { inviterId: inviter?.id ?? null, ...cause });
      person.inviter = inviter;
    } else if (deed === "leave") {
      await leaveCampaign(call, person.id, { eventId: `left ${clock.now}` } as never);
      person.present = false;
    } else if (deed === "void" && person.standing === "good") {
      await voidReferral(call, person.id, cause);
      person.standing = "voided";
    } else if (deed === "remove") {
      await removeParticipant(call, person.id, cause);
      person.standing = "removed";
    } else if (deed === "disqualify") {
      await disqualifyParticipant(call, person.id, cause, true);
      person.disqualified = true;
    }
  }
  await foldCampaign(call.ports, campaign.id);
  return { campaignId: campaign.id, people, join };
}
