import fc from "fast-check";
import { expect } from "vitest";
import { Problem } from "../../src/domain/problem.ts";
import type { Call } from "../../src/services/call.ts";
import { mergeGroup } from "../../src/services/group-life.ts";
import { confirmParticipant, leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import {
  disqualifyParticipant,
  moveParticipant,
  removeParticipant,
  restoreParticipant,
  voidReferral,
} from "../../src/services/standing.ts";
import { countArrivals } from "../../src/store/growth/arrivals.ts";
import { countStep } from "../../src/store/growth/count.ts";
import type { Clock } from "../support/ports.ts";
import { standingOf, type Verdict } from "./growth-model.ts";
import { type Event, isBelow } from "./history-model.ts";
import * as world from "./history-world.ts";
import type { Coming, Known, Setup, World } from "./history-world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const weights = {
  join: 14,
  touch: 9,
  refused: 2,
  retry: 2,
  again: 2,
  gate: 1,
  confirm: 4,
  leave: 6,
  return: 5,
  void: 1,
  restore: 2,
  remove: 1,
  disqualify: 1,
  reinstate: 1,
  move: 2,
  repeat: 2,
  merge: 1,
  count: 3,
  wait: 2,
} as const;

/** One thing that happens. `who` and `other` are numbers of people, taken modulo how many there are. */
export type Step = {
  kind: keyof typeof weights;
  who: number;
  other: number;
  wait: number;
  /** How long before now a connector's event took place. */
  late: number;
  /** In which way somebody comes. */
  way: "server" | "browser" | "typed" | "known";
};

export type History = { setup: Setup; steps: Step[] };

/** The rules are drawn apart from the steps, so that each kind of them comes up. */
const aSetup = fc.record({
  model: fc.constantFrom("first_touch" as const, "last_touch" as const),
  windowDays: fc.constantFrom(1, 3, 30),
  allowKnown: fc.boolean(),
  stayMinutes: fc.constantFrom(0, 45, 3 * 24 * 60),
  confirm: fc.constantFrom("reveal" as const, "operator" as const),
});

export const aHistory = (minLength: number, maxLength: number): fc.Arbitrary<History> =>
  fc.record({
    setup: aSetup,
    steps: fc.array(
      fc.record({
        kind: fc.oneof(
          ...Object.entries(weights).map(([kind, weight]) => ({
            weight,
            arbitrary: fc.constant(kind as Step["kind"]),
          })),
        ),
        // The first few have much happen to them.
        who: fc.oneof(fc.nat(3), fc.nat(500)),
        other: fc.nat(500),
        wait: fc.constantFrom(0, 1, 700, MINUTE, 20 * MINUTE, HOUR, 13 * HOUR),
        late: fc.constantFrom(0, 0, 1, MINUTE, 30 * MINUTE, 26 * HOUR),
        way: fc.constantFrom("server", "browser", "browser", "typed", "known"),
      }),
      { minLength, maxLength, size: "max" },
    ),
  });

/** When connectors' events are told: as they come, or all of them at the end, backwards and twice. */
export type Delivery = "at once" | "shuffled" | "backwards at the end";

export type Played = Pick<World, "campaignId" | "people" | "paper" | "setup">;
type Untold = { person: Known; event: Event };

/**
 * What a connector sees. Many events are of one instant; only a return without an id is of one of its own, for of
 * such a one nothing but its coming says whether it was before or after a leave.
 */
function eventOf({ kind, late, other }: Step, now: number, n: number): Event {
  const at = now - late - ((now - late) % 10);
  const [id, unnamed] = [`event ${n}`, other % 3 === 0];
  if (kind === "leave") return { kind: "left", at, id, unnamed };
  return { kind: "returned", at: unnamed ? at - 7 : at, id, unnamed };
}

/** Tells what a connector saw. Of somebody who was removed it is kept, and refused. */
async function tell(call: Call, { person, event }: Untold): Promise<void> {
  const told = { at: event.at, ...(event.unnamed ? {} : { eventId: event.id }) };
  const telling = (event.kind === "left" ? leaveCampaign : rejoinCampaign)(call, person.id, told);
  await telling.catch((error: unknown) => {
    if (!(error instanceof Problem && error.code === "participant_removed")) throw error;
  });
}

/** Somebody who came once comes again: nothing changes, whomever they name now. */
async function comeAgain(of: World, person: Known, coming: Coming): Promise<void> {
  if (person.heardOf || standingOf(person) === "removed") return;
  const { participant, outcome } = await world
    .send(of, person.name, "yes", { ...coming, browser: null })
    .sent();
  expect([outcome, participant?.id]).toEqual(["already_joined", person.id]);
  const { now } = of.clock;
  if (person.seatUntil === null || person.seatUntil <= now) person.seatUntil = now + HOUR;
}

async function confirm({ call, clock: { now } }: World, person: Known): Promise<void> {
  if (person.heardOf) return;
  const confirming = confirmParticipant(call, person.id, "operator");
  if (person.seatUntil === null || person.seatUntil <= now)
    return expect(confirming).rejects.toMatchObject({ code: "invalid_transition" });
  await confirming;
  person.seatUntil = Number.POSITIVE_INFINITY;
  person.confirmedAt ??= now;
}

const VERDICTS = {
  void: { kind: "voided", act: voidReferral, from: ["good"] },
  remove: { kind: "removed", act: removeParticipant, from: ["good", "voided"] },
  restore: { kind: "restored", act: restoreParticipant, from: ["voided", "removed"] },
} as const satisfies Record<string, { kind: Verdict["kind"]; act: unknown; from: readonly string[] }>;

async function judge(of: World, person: Known, verdict: keyof typeof VERDICTS, id: string): Promise<void> {
  const { call, clock, setup, deeds } = of;
  const { kind, act, from } = VERDICTS[verdict];
  const standing = standingOf(person);
  const doing = () => act(call, person.id, { cause: "as the test says", eventId: id });
  await doing();
  if (!from.some((one) => one === standing)) return;
  deeds.push(doing);
  person.verdicts.push({ kind, at: clock.now });
  if (kind === "removed") person.seatUntil = null;
  if (kind === "restored" && standing === "removed")
    person.seatUntil = setup.confirm === "reveal" ? Number.POSITIVE_INFINITY : clock.now + HOUR;
}

async function disqualify({ call, deeds }: World, person: Known, off: boolean, id: string): Promise<void> {
  const doing = () => disqualifyParticipant(call, person.id, { cause: "as the test says", eventId: id }, off);
  await doing();
  if (person.disqualified !== off) deeds.push(doing);
  person.disqualified = off;
}

async function move({ call, deeds }: World, person: Known, to: Known | null, id: string): Promise<void> {
  const why = { cause: "as the test says", eventId: id };
  const doing = () => moveParticipant(call, person.id, { inviterId: to?.id ?? null, ...why });
  if (person.inviter === to) return void (await doing());
  if (to !== null && (to === person || isBelow(to, person) || standingOf(to) === "removed"))
    return expect(doing()).rejects.toMatchObject({ code: "invalid_move" });
  await doing();
  deeds.push(doing);
  person.inviter = to;
}

/** Who comes how, as a step says. */
function comingOf({ doors, people, browsers }: World, { who, other, way }: Step): Coming {
  const holder = browsers[who % browsers.length]?.holder ?? null;
  const below = other % 6 === 5 && holder !== null && people.findLast((one) => isBelow(one, holder));
  const anybody = other % 4 === 0 ? undefined : people[other % Math.max(1, people.length)];
  const friend = (below || anybody)?.door;
  const door = doors[who % doors.length] as (typeof doors)[number];
  const typed = way === "typed" && friend !== undefined ? friend : null;
  const browser = way === "server" || who % 5 === 0 ? null : who;
  return { door: typed === null ? (friend ?? door) : door, typed, browser, page: other };
}

/** Lets a step take place that is not told by a connector. */
async function happen(of: World, step: Step, n: number): Promise<void> {
  const { call, clock, people, paper, refused, groups, campaignId } = of;
  const { kind, who, other, late } = step;
  const person = people[who % Math.max(1, people.length)];
  const aim = people[other % Math.max(1, people.length)];
  const coming = comingOf(of, step);
  if (kind === "join") {
    const name = step.way === "known" ? of.knownLeft.pop() : undefined;
    await world.enter(of, name ?? `person ${n}`, coming);
    paper.gate.push({ at: clock.now, passed: true });
  }
  if (kind === "touch") await world.open(of, who, coming.door, late === 1 ? "bot" : "person");
  if (kind === "refused") {
    expect((await world.send(of, `refused ${n}`, "no", coming).sent()).outcome).toBe("rejected");
    refused.push({ name: `refused ${n}`, gate: { at: clock.now, passed: false } });
    paper.gate.push((refused.at(-1) as (typeof refused)[number]).gate);
  }
  if (kind === "retry") {
    const [again] = refused.splice(other % Math.max(1, refused.length), 1);
    if (again !== undefined) await world.enter(of, again.name, coming);
    if (again !== undefined) again.gate.passed = true;
  }
  if (kind === "gate") await world.renewGate(of, n);
  // Small steps, so that what belongs together is often counted in several.
  if (kind === "count") {
    await countStep(call.ports.db, campaignId, 1 + (other % 4), clock.now, call.ports.newId());
    if (late === 0) await countArrivals(call.ports.db, 1 + (who % 3));
  }
  // A group that is merged away, and the rotation of groups at large, touch no credit.
  if (kind === "merge" && groups.length > 1)
    await mergeGroup(call, groups.pop() as string, groups[0] as string);
  if (kind === "repeat") await of.deeds[other % Math.max(1, of.deeds.length)]?.();
  if (person === undefined || aim === undefined) return;
  if (kind === "again") await comeAgain(of, person, coming);
  // Of those who came last: before long a seat lapses, or a connector tells of them.
  if (kind === "confirm") await confirm(of, people.at(-1 - (other % Math.min(4, people.length))) as Known);
  if (kind === "void" || kind === "remove" || kind === "restore") await judge(of, person, kind, `deed ${n}`);
  if (kind === "disqualify" || kind === "reinstate")
    await disqualify(of, person, kind === "disqualify", `deed ${n}`);
  if (kind === "move") await move(of, person, late === 1 ? null : aim, `deed ${n}`);
}

/** Lets a history take place in a campaign of its own, and writes it down beside. */
export async function play(
  call: Call,
  clock: Clock,
  { setup, steps }: History,
  delivery: Delivery,
  between?: (played: Played) => Promise<void>,
): Promise<Played> {
  const of = await world.openWorld(call, clock, setup);
  const { people } = of;
  const untold: Untold[] = [];
  const tellOne = async (nth: number, twice: boolean) => {
    const [told] = untold.splice(nth, 1);
    if (told === undefined) return;
    await tell(call, told);
    told.person.told.push(told.event);
    if (twice) await tell(call, told);
  };
  for (const [i, step] of steps.entries()) {
    clock.now += step.wait;
    const { kind, who, other } = step;
    const person = people[who % Math.max(1, people.length)];
    if ((kind === "leave" || kind === "return") && person !== undefined) {
      person.heardOf = true;
      untold.push({ person, event: eventOf(step, clock.now, i) });
    } else await happen(of, step, i);
    if (delivery === "at once") await tellOne(0, false);
    if (delivery === "shuffled" && who % 3 === 0)
      await tellOne(other % Math.max(1, untold.length), who % 2 === 0);
    if (between !== undefined && i === Math.floor(steps.length / 2)) await between(of);
  }
  while (untold.length > 0) await tellOne(untold.length - 1, true);
  return of;
}
