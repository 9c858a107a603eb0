// A forest on paper: everything here is worked out anew by loops over everybody, and shares no code with
// the product.

export type Person = {
  id: string;
  name: string;
  /** In the order of joining. */
  nth: number;
  inviter: Person | null;
  present: boolean;
  standing: "good" | "voided" | "removed";
  disqualified: boolean;
};

export type People = readonly Person[];

/** Those whom somebody brought, in the order of joining. */
export const childrenOf = (person: Person, people: People): Person[] =>
  people.filter(({ inviter }) => inviter === person);

/** Who stands above, the nearest first. */
export function aboveOf(person: Person): Person[] {
  const above: Person[] = [];
  for (let up = person.inviter; up !== null; up = up.inviter) above.push(up);
  return above;
}

/** Everybody below, and how far. */
export const belowOf = (person: Person, people: People): { person: Person; level: number }[] =>
  people.flatMap((other) => {
    const level = aboveOf(other).indexOf(person) + 1;
    return level === 0 ? [] : [{ person: other, level }];
  });

/** Branch by branch, each before those whom they brought. */
export function branchesOf(person: Person, people: People): Person[] {
  return [person, ...childrenOf(person, people).flatMap((child) => branchesOf(child, people))];
}

export const counts = ({ standing }: Person): boolean => standing === "good";
export const directOf = (person: Person, people: People): number =>
  childrenOf(person, people).filter(counts).length;
export const teamOf = (person: Person, people: People): number =>
  belowOf(person, people).filter((row) => counts(row.person)).length;

/** How a referral stands where everybody qualifies at once. */
export const statusOf = ({ inviter, present, standing }: Person): string | null =>
  inviter === null ? null : present && standing === "good" ? "qualified" : "voided";

export type Generation = { people: number; qualified: number; present: number };

/** The people of some levels below somebody; null for none. */
export function generation(
  person: Person,
  people: People,
  which: (level: number) => boolean,
): Generation | null {
  const there = belowOf(person, people).filter(({ level }) => which(level));
  if (there.length === 0) return null;
  return {
    people: there.length,
    qualified: there.filter((row) => statusOf(row.person) === "qualified").length,
    present: there.filter((row) => row.person.present && row.person.standing !== "removed").length,
  };
}

/** The way from one to another; null where there is none. */
export function pathOf(
  from: Person,
  to: Person,
): { line: Person[]; meeting: Person; up: number; down: number } | null {
  const [a, b] = [
    [from, ...aboveOf(from)],
    [to, ...aboveOf(to)],
  ];
  const meeting = a.find((person) => b.includes(person));
  if (meeting === undefined) return null;
  const [up, down] = [a.indexOf(meeting), b.indexOf(meeting)];
  return { line: [...a.slice(0, up + 1), ...b.slice(0, down).reverse()], meeting, up, down };
}
