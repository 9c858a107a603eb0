import fc from "fast-check";
import { expect } from "vitest";
import { Problem } from "../../src/domain/problem.ts";
import type { Call } from "../../src/services/call.ts";
import { patchCampaign } from "../../src/services/campaigns.ts";
import { createInvite } from "../../src/services/invites.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { confirmParticipant, leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import {
  moveParticipant,
  removeParticipant,
  restoreParticipant,
  voidReferral,
} from "../../src/services/standing.ts";
import { findArrival } from "../../src/store/arrival.ts";
import { countArrivals } from "../../src/store/growth/arrivals.ts";
import { countStep } from "../../src/store/growth/count.ts";
import { insertScans } from "../../src/store/scans.ts";
import { type Clock, openCampaign } from "../support/ports.ts";
import type { Paper, Person, Source, Verdict } from "./growth-model.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const weights = {
  join: 12,
  refused: 2,
  retry: 2,
  gate: 1,
  scan: 4,
  leave: 5,
  return: 4,
  confirm: 4,
  void: 1,
  restore: 2,
  remove: 1,
  move: 2,
  count: 6,
} as const;

export const aHistory = (minLength: number, maxLength: number) =>
  fc.record({
    stayMinutes: fc.constantFrom(0, 45, 3 * 24 * 60),
    confirm: fc.constantFrom("reveal" as const, "operator" as const),
    steps: fc.array(
      fc.record({
        kind: fc.oneof(
          ...Object.entries(weights).map(([kind, weight]) => ({
            weight,
            arbitrary: fc.constant(kind as keyof typeof weights),
          })),
        ),
        // The first few have much happen to them.
        who: fc.oneof(fc.nat(2), fc.nat(500)),
        other: fc.nat(500),
        wait: fc.constantFrom(
          0,
          1,
          40_000,
          7 * MINUTE,
          20 * MINUTE,
          3 * HOUR,
          13 * HOUR,
          40 * HOUR,
          150 * HOUR,
        ),
        late: fc.constantFrom(0, 0, 1, MINUTE, 30 * MINUTE, 26 * HOUR, 200 * HOUR),
      }),
      { minLength, maxLength, size: "max" },
    ),
  });
export type History = typeof aHistory extends (...given: never[]) => fc.Arbitrary<infer T> ? T : never;

type Known = Person & { id: string; code: string };

/** Lets a history take place in a campaign of its own, and writes it down beside. */
export async function play(
  call: Call,
  clock: Clock,
  timezone: string,
  { stayMinutes, confirm, steps }: History,
  look: (campaignId: string, paper: Paper) => Promise<void>,
): Promise<void> {
  const gate = (label: string) => ({ kind: "answer", field: "ok", label, op: "eq", value: "yes" });
  const { campaign, invite } = await openCampaign(call, [5000], gate("OK?"));
  await patchCampaign(call, campaign.id, {
    timezone,
    referral: { qualifyAfterMinutes: stayMinutes },
    allocation: { strategy: "in_order", confirm, reservationMinutes: 60, fallback: [] },
  });
  const stream = await createInvite(call, campaign.id, { channel: "stream", medium: "evening" });
  const doors = [
    { invite, source: { channel: "poster", medium: null } as Source },
    { invite: stream, source: { channel: "stream", medium: "evening" } as Source },
  ];
  const people: Known[] = [];
  const visits = new Set<string>();
  const refused: { name: string; gate: Paper["gate"][number] }[] = [];
  const paper: Paper = { timezone, stayMs: stayMinutes * MINUTE, people, scans: [], gate: [] };
  const come = (name: string, code: string, ok: string, inviteCode?: string) =>
    joinByServer(
      call,
      campaign.id,
      {
        invite: code,
        identity: { type: "custom", value: name },
        acknowledged: true,
        answers: { ok },
        ...(inviteCode === undefined ? {} : { inviteCode }),
      } as never,
      "en",
    );
  /** Lets somebody in: by a door, by a friend's code, or by a door with a friend's code typed in. */
  const enter = async (name: string, who: number, other: number) => {
    const door = doors[who % 2] as (typeof doors)[number];
    const friend = other % 3 === 0 ? undefined : people[other % Math.max(1, people.length)];
    const typed = friend !== undefined && other % 3 === 1;
    const code = friend === undefined || typed ? door.invite.code : friend.code;
    const { participant, outcome } = await come(name, code, "yes", typed ? friend.code : undefined);
    expect(outcome).toBe("joined");
    people.push({
      id: participant?.id as string,
      code: participant?.inviteCode as string,
      joinedAt: clock.now,
      source: friend === undefined ? door.source : null,
      inviter: friend !== undefined && friend.verdicts.at(-1)?.kind !== "removed" ? friend : null,
      told: [],
      verdicts: [],
      confirmedAt: confirm === "reveal" ? clock.now : null,
    });
  };
  const deed = { cause: "as the test says" };
  for (const [i, step] of steps.entries()) {
    clock.now += step.wait;
    const person = people[step.who % Math.max(1, people.length)];
    const other = people[step.other % Math.max(1, people.length)];
    if (step.kind === "join") {
      paper.gate.push({ at: clock.now, passed: true });
      await enter(`person ${i}`, step.who, step.other);
    }
    if (step.kind === "refused") {
      expect((await come(`refused ${i}`, invite.code, "no")).outcome).toBe("rejected");
      const at = { at: clock.now, passed: false };
      paper.gate.push(at);
      refused.push({ name: `refused ${i}`, gate: at });
    }
    if (step.kind === "retry") {
      const [again] = refused.splice(step.other % Math.max(1, refused.length), 1);
      if (again !== undefined && step.late === 0) {
        await enter(again.name, step.who, step.other);
        again.gate.passed = true;
      } else if (again !== undefined) {
        await come(again.name, invite.code, "no");
        refused.push(again);
      }
    }
    if (step.kind === "gate") await patchCampaign(call, campaign.id, { gate: gate(`OK ${i}?`) as never });
    if (step.kind === "scan") {
      const own = step.other % 3 === 0 ? person : undefined;
      const door = doors[step.who % 2] as (typeof doors)[number];
      const kind = step.late > 0 ? "bot" : "person";
      const [workspaceId, inviteId] = [call.actor.workspaceId, own && (await inviteOf(call, own))];
      await insertScans(
        call.ports.db,
        [
          {
            workspaceId,
            campaignId: campaign.id,
            inviteId: inviteId ?? door.invite.id,
            visitor: `visitor ${step.other % 2}`,
            kind,
            device: "phone",
            country: null,
            at: clock.now,
          },
        ],
        call.ports.newId(),
      );
      // A visitor counts once an invite and hour; the person stands, where a machine came first.
      const key = `${inviteId ?? door.invite.id} ${Math.floor(clock.now / HOUR)} ${step.other % 2}`;
      if (kind === "person" && !visits.has(key)) {
        visits.add(key);
        paper.scans.push({ at: clock.now, source: own ? null : door.source });
      }
    }
    // Small steps, so that what belongs together is often counted in several.
    if (step.kind === "count") {
      await countStep(call.ports.db, campaign.id, 1 + (step.other % 4), clock.now, call.ports.newId());
      if (step.late === 0) await countArrivals(call.ports.db, 1 + (step.who % 3));
    }
    if (person === undefined || other === undefined) continue;
    if (step.kind === "leave" || step.kind === "return") {
      const kind = step.kind === "leave" ? ("left" as const) : ("returned" as const);
      const told = { eventId: `event ${i}`, at: clock.now - step.late };
      person.told.push({ kind, at: told.at });
      const telling = (kind === "left" ? leaveCampaign : rejoinCampaign)(call, person.id, told);
      await telling.catch((error: unknown) => {
        if (!(error instanceof Problem && error.code === "participant_removed")) throw error;
      });
    }
    if (step.kind === "confirm") {
      const confirmed = await confirmParticipant(call, person.id, "operator").then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof Problem && error.code === "invalid_transition")) throw error;
          return false;
        },
      );
      if (confirmed) person.confirmedAt ??= clock.now;
    }
    const standing = person.verdicts.at(-1)?.kind ?? "restored";
    const judge = async (
      kind: Verdict["kind"],
      act: typeof voidReferral,
      from: readonly Verdict["kind"][],
    ) => {
      await act(call, person.id, deed);
      if (from.includes(standing)) person.verdicts.push({ kind, at: clock.now });
    };
    if (step.kind === "void") await judge("voided", voidReferral, ["restored"]);
    if (step.kind === "remove") await judge("removed", removeParticipant, ["restored", "voided"]);
    if (step.kind === "restore") await judge("restored", restoreParticipant, ["voided", "removed"]);
    if (step.kind === "move") {
      const to = step.late === 1 ? null : other;
      const moved = await moveParticipant(call, person.id, { inviterId: to?.id ?? null, ...deed }).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof Problem && error.code === "invalid_move")) throw error;
          return false;
        },
      );
      if (moved) person.inviter = to;
    }
    if (i === Math.floor(steps.length / 2)) await look(campaign.id, paper);
  }
  await look(campaign.id, paper);
}

/** The number of a person's own invite is not in the answer of their join: it is looked up. */
async function inviteOf(call: Call, { code }: Known): Promise<string> {
  return (await findArrival(call.ports.db, code, null, call.ports.now()))?.invite.id as string;
}
