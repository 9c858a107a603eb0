// A campaign's history on paper: everything here is worked out anew from the list of what happened, with
// loops over everybody, and shares no code with the product.

import { standingOf } from "./growth-model.ts";
import type * as growth from "./growth-model.ts";

export type Event = growth.Told & { id: string; unnamed: boolean };

/** A way into the campaign: by a channel's invite, or by a participant's own. */
export type Door = { code: string; inviteId: string; source: growth.Source | null; owner: Person | null };

export type Person = Omit<growth.Person, "inviter" | "told"> & {
  name: string;
  /** Who counts as the inviter today. */
  inviter: Person | null;
  told: Event[];
  disqualified: boolean;
};

export type Metric = "direct" | "qualified" | "team";

export type Line = { name: string; score: number; reachedAt: number; rank: number };

/** What is told of a time before the join says nothing of this stay. */
const ofThisStay = ({ joinedAt, told }: Person): Event[] => told.filter(({ at }) => at >= joinedAt);

/** Whether the last thing that is known of the person is not that they left. */
export function isPresent(person: Person): boolean {
  let last = { at: person.joinedAt, order: 0, id: "", kind: "joined" };
  for (const { kind, at, id } of ofThisStay(person)) {
    const one = { at, order: kind === "left" ? 2 : 1, id, kind };
    const later =
      one.at !== last.at
        ? one.at > last.at
        : one.order !== last.order
          ? one.order > last.order
          : one.id > last.id;
    if (later) last = one;
  }
  return last.kind !== "left";
}

/** When the person had stayed for `stay` milliseconds on end for the first time, if that is past. */
export function qualifiedAt(person: Person, stay: number, now: number): number | null {
  const { joinedAt } = person;
  const events = ofThisStay(person);
  const arrivals = [joinedAt, ...events.filter(({ kind }) => kind === "returned").map(({ at }) => at)];
  const departures = events.filter(({ kind }) => kind === "left").map(({ at }) => at);
  const instants = arrivals
    .filter((arrival) => {
      const left = Math.min(...departures.filter((at) => at >= arrival), Number.POSITIVE_INFINITY);
      return arrival + stay <= left && arrival + stay <= now;
    })
    .map((arrival) => arrival + stay);
  return instants.length === 0 ? null : Math.min(...instants);
}

export const isBelow = (person: Person, above: Person): boolean => {
  for (let up = person.inviter; up !== null; up = up.inviter) if (up === above) return true;
  return false;
};

/** A board, row by row, as a person would work it out. */
export function boardOf(
  people: readonly Person[],
  metric: Metric,
  from: number,
  to: number,
  stay: number,
  now: number,
): Line[] {
  const rows: Omit<Line, "rank">[] = [];
  for (const person of people) {
    if (person.disqualified) continue;
    const instants: number[] = [];
    for (const other of people) {
      const theirs = metric === "team" ? isBelow(other, person) : other.inviter === person;
      if (!theirs || standingOf(other) !== "good") continue;
      const at = metric === "qualified" ? qualifiedAt(other, stay, now) : other.joinedAt;
      if (at === null || at < from || at >= to || (metric === "qualified" && !isPresent(other))) continue;
      instants.push(at);
    }
    if (instants.length > 0)
      rows.push({ name: person.name, score: instants.length, reachedAt: Math.max(...instants) });
  }
  const order = new Map(people.map((person, i) => [person.name, i]));
  const place = ({ name }: { name: string }) => order.get(name) ?? 0;
  rows.sort((a, b) => b.score - a.score || a.reachedAt - b.reachedAt || place(a) - place(b));
  return rows.map((row) => ({ ...row, rank: 1 + rows.filter(({ score }) => score > row.score).length }));
}

/** Somebody with all whom they brought, in the order of joining, and how many of those count. */
export type Branch = { name: string; direct: number; team: number; children: Branch[] };

export function branchOf(person: Person, people: readonly Person[]): Branch {
  const friends = people.filter(({ inviter }) => inviter === person);
  const good = friends.filter((friend) => standingOf(friend) === "good").length;
  const children = friends.map((friend) => branchOf(friend, people));
  const team = children.reduce((sum, child) => sum + child.team, good);
  return { name: person.name, direct: good, team, children };
}

export const aboveOf = (person: Person): Person[] =>
  person.inviter === null ? [] : [person.inviter, ...aboveOf(person.inviter)];
