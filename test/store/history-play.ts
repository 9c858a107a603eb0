import fc from "fast-check";
import { expect } from "vitest";
import { Problem } from "../../src/domain/problem.ts";
import type { Call } from "../../src/services/call.ts";
import { createCampaign, moveCampaign } from "../../src/services/campaigns.ts";
import { createCommunity } from "../../src/services/communities.ts";
import { mergeGroup } from "../../src/services/group-life.ts";
import { createGroup } from "../../src/services/groups.ts";
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
import { COMMUNITY } from "../support/api.ts";
import type { Clock } from "../support/ports.ts";
import { type Event, isBelow, type Person } from "./history-model.ts";

export const STAY_MINUTES = 45;
export const TIMEZONE = "America/New_York";

/** One thing that happens. `who` and `other` are numbers of people, taken modulo how many there are. */
export type Step = {
  kind:
    | "join"
    | "leave"
    | "return"
    | "void"
    | "restore"
    | "remove"
    | "disqualify"
    | "reinstate"
    | "move"
    | "wait"
    | "merge";
  who: number;
  other: number;
  wait: number;
  /** How long before now a connector's event took place. */
  late: number;
};

const MINUTE = 60_000;
const weights = {
  join: 12,
  leave: 5,
  return: 4,
  void: 1,
  restore: 1,
  remove: 1,
  disqualify: 1,
  reinstate: 1,
  move: 2,
  wait: 2,
  merge: 1,
} as const;

export const aHistory = (minLength: number, maxLength: number) =>
  fc.array(
    fc.record({
      kind: fc.oneof(
        ...Object.entries(weights).map(([kind, weight]) => ({
          weight,
          arbitrary: fc.constant(kind as Step["kind"]),
        })),
      ),
      who: fc.nat(500),
      other: fc.nat(500),
      wait: fc.constantFrom(0, 1, 700, MINUTE, 20 * MINUTE, 60 * MINUTE, 13 * 60 * MINUTE),
      late: fc.constantFrom(0, 0, 1, MINUTE, 30 * MINUTE, 26 * 60 * MINUTE),
    }),
    { minLength, maxLength, size: "max" },
  );

/** When connectors' events are told: as they come, or all of them at the end, backwards and twice. */
export type Delivery = "at once" | "shuffled" | "backwards at the end";

export type Played = {
  campaignId: string;
  people: (Person & { id: string })[];
};

type Known = Person & { id: string; code: string };

/** Lets a history take place in a campaign of its own, and writes it down beside. */
export async function play(
  call: Call,
  clock: Clock,
  steps: readonly Step[],
  delivery: Delivery,
  between?: (played: Played) => Promise<void>,
): Promise<Played> {
  const community = await createCommunity(call, { ...COMMUNITY, commercialIntent: "none" });
  const groups: string[] = [];
  for (let i = 0; i < 3; i++) {
    const group = {
      name: `Group ${i}`,
      carrier: "url" as const,
      joinUrl: "https://example.com/",
      capacity: 5000,
    };
    groups.push((await createGroup(call, community.id, group)).id);
  }
  const campaign = await createCampaign(call, {
    communityId: community.id,
    name: "Spring",
    type: "event",
    timezone: TIMEZONE,
    referral: { qualifyAfterMinutes: STAY_MINUTES },
  });
  await moveCampaign(call, campaign.id, "publish");
  const invite = await createInvite(call, campaign.id, { channel: "poster" });
  const people: Known[] = [];
  const untold: { person: Known; event: Event }[] = [];
  const tell = async ({ person, event }: { person: Known; event: Event }) => {
    const told = { eventId: event.id, at: event.at };
    if (event.kind === "left") await leaveCampaign(call, person.id, told);
    else
      await rejoinCampaign(call, person.id, told).catch((error: unknown) => {
        if (!(error instanceof Problem && error.code === "participant_removed")) throw error;
      });
  };
  const deed = { cause: "as the test says" };
  for (const [i, step] of steps.entries()) {
    clock.now += step.wait;
    const person = people[step.who % Math.max(1, people.length)];
    const other = people[step.other % Math.max(1, people.length)];
    if (step.kind === "join") {
      const inviter = step.other % 4 === 0 ? undefined : other;
      const name = `person ${people.length}`;
      const { participant, outcome } = await joinByServer(
        call,
        campaign.id,
        {
          invite: inviter?.code ?? invite.code,
          identity: { type: "custom", value: name },
          displayName: name,
          acknowledged: true,
          answers: {},
        } as never,
        "en",
      );
      expect(outcome).toBe("joined");
      const credited = inviter !== undefined && inviter.standing !== "removed" ? inviter : null;
      people.push({
        name,
        id: participant?.id as string,
        code: participant?.inviteCode as string,
        joinedAt: clock.now,
        inviter: credited,
        events: [],
        standing: "good",
        disqualified: false,
      });
    }
    if (person === undefined || other === undefined) continue;
    if (step.kind === "leave" || step.kind === "return") {
      const kind = step.kind === "leave" ? ("left" as const) : ("returned" as const);
      const told = { person, event: { kind, at: clock.now - step.late, id: `event ${i}` } };
      untold.push(told);
      if (delivery === "at once") await tell(told);
    }
    if (step.kind === "void" && person.standing === "good") {
      await voidReferral(call, person.id, deed);
      person.standing = "voided";
    }
    if (step.kind === "remove" && person.standing !== "removed") {
      await removeParticipant(call, person.id, deed);
      person.standing = "removed";
    }
    if (step.kind === "restore") {
      await restoreParticipant(call, person.id, deed);
      person.standing = "good";
    }
    if (step.kind === "disqualify" || step.kind === "reinstate") {
      person.disqualified = step.kind === "disqualify";
      await disqualifyParticipant(call, person.id, deed, person.disqualified);
    }
    if (step.kind === "move") {
      const to = step.late === 1 ? null : other;
      const allowed = to === null || (to !== person && !isBelow(to, person) && to.standing !== "removed");
      const moving = moveParticipant(call, person.id, { inviterId: to?.id ?? null, ...deed });
      if (allowed || person.inviter === to) await moving;
      else await expect(moving).rejects.toMatchObject({ code: "invalid_move" });
      if (allowed) person.inviter = to;
    }
    // A group that is merged away, and the rotation of groups at large, touch no credit.
    if (step.kind === "merge" && groups.length > 1)
      await mergeGroup(call, groups.pop() as string, groups[0] as string);
    if (delivery === "shuffled" && untold.length > 0 && step.who % 3 === 0) {
      const [told] = untold.splice(step.other % untold.length, 1);
      if (told !== undefined) {
        await tell(told);
        told.person.events.push(told.event);
        if (step.who % 2 === 0) await tell(told);
      }
    }
    if (delivery === "at once") for (const { person: of, event } of untold.splice(0)) of.events.push(event);
    if (between !== undefined && i === Math.floor(steps.length / 2))
      await between({ campaignId: campaign.id, people });
  }
  for (const told of untold.reverse()) {
    await tell(told);
    await tell(told);
    told.person.events.push(told.event);
  }
  return { campaignId: campaign.id, people };
}
