// What a campaign's growth figures are, worked out by hand: from what happened to each person, in the
// plainest way. Shares no code with the product, so that a mistake there cannot hide here.

export type Told = { kind: "left" | "returned"; at: number };
export type Verdict = { kind: "voided" | "removed" | "restored"; at: number };

export type Person = {
  joinedAt: number;
  /** The invite that the join is credited to; null: a participant's own. */
  source: Source | null;
  /** Who counts as the inviter today. */
  inviter: Person | null;
  told: Told[];
  verdicts: Verdict[];
  confirmedAt: number | null;
};
export type Source = { channel: string; medium: string | null };

export type Paper = {
  timezone: string;
  stayMs: number;
  people: Person[];
  scans: { at: number; source: Source | null }[];
  /** Everybody who stood at the gate: when they first did, and whether they ever passed. */
  gate: { at: number; passed: boolean }[];
};

const DAY = 86_400_000;

/** Their comings and goings in the order in which they took place; of one instant, going comes last. */
const storyOf = (person: Person): Told[] =>
  person.told
    .filter(({ at }) => at >= person.joinedAt)
    .sort((a, b) => a.at - b.at || (a.kind === b.kind ? 0 : a.kind === "left" ? 1 : -1));

/** Whether somebody was there at an instant. */
export function wasThere(person: Person, at: number): boolean {
  let there = true;
  for (const event of storyOf(person)) if (event.at <= at) there = event.kind === "returned";
  const verdict = person.verdicts.filter((one) => one.at <= at).at(-1);
  return there && verdict?.kind !== "removed";
}

export const standingOf = ({ verdicts }: Person): "good" | "voided" | "removed" => {
  const last = verdicts.at(-1)?.kind ?? "restored";
  return last === "restored" ? "good" : last;
};

/** When somebody had stayed long enough, if they have by now. */
function qualifiedAt(person: Person, stayMs: number, now: number): number | null {
  const story = storyOf(person);
  const arrivals = [person.joinedAt, ...story.filter(({ kind }) => kind === "returned").map(({ at }) => at)];
  const times = arrivals.flatMap((at) => {
    const gone = story.find((event) => event.kind === "left" && event.at >= at);
    return at + stayMs <= Math.min(now, gone?.at ?? Number.POSITIVE_INFINITY) ? [at + stayMs] : [];
  });
  return times.length === 0 ? null : Math.min(...times);
}

/** Only what changed something. */
function changesOf(person: Person): Told[] {
  let there = true;
  return storyOf(person).filter(({ kind }) => {
    const changes = there === (kind === "left");
    if (changes) there = !there;
    return changes;
  });
}

const generationOf = (person: Person): number =>
  person.inviter === null ? 0 : 1 + generationOf(person.inviter);
const rootOf = (person: Person): Person => (person.inviter === null ? person : rootOf(person.inviter));

type Counted = [step: string, people: number, of: number | null];

/** The funnel of those who joined in a window: each step, and what it is a part of. */
export function funnel(paper: Paper, from: number, to: number, now: number): Counted[] {
  const inside = ({ at }: { at: number }) => at >= from && at < to;
  const joined = paper.people.filter(({ joinedAt }) => inside({ at: joinedAt }));
  const gate = paper.gate.filter(inside);
  const passed = gate.filter((one) => one.passed).length;
  const confirmed = joined.filter((person) => person.confirmedAt !== null).length;
  const scans = paper.scans.filter(inside).length;
  return [
    ["scans", scans, null],
    ["gate", gate.length, scans],
    ["passed", passed, gate.length],
    ["joined", joined.length, passed],
    ["confirmed", confirmed, joined.length],
    [
      "qualified",
      joined.filter((person) => qualifiedAt(person, paper.stayMs, now) !== null).length,
      confirmed,
    ],
    ...[1, 7, 30].map((days): Counted => [`day${days}`, ...stay(joined, days, now)]),
    ["present", joined.filter((person) => wasThere(person, now)).length, joined.length],
  ];
}

/** Of the people who joined so long ago, by whole quarters of an hour, those who were there on the day. */
export function stay(people: readonly Person[], days: number, now: number): [there: number, of: number] {
  const before = floor(now - days * DAY, 15);
  const old = people.filter(({ joinedAt }) => joinedAt < before);
  return [old.filter((person) => wasThere(person, person.joinedAt + days * DAY)).length, old.length];
}

export const floor = (at: number, minutes: number): number => at - (at % (minutes * 60_000));

/** The instants of everything that a series counts. */
export function instants(paper: Paper, metric: string, now: number): number[] {
  const changes = (kind: Told["kind"]) =>
    paper.people.flatMap((person) => changesOf(person).flatMap((one) => (one.kind === kind ? [one.at] : [])));
  const known = (all: (number | null)[]) => all.filter((at) => at !== null);
  switch (metric) {
    case "scans":
      return paper.scans.map(({ at }) => at);
    case "gate":
      return paper.gate.map(({ at }) => at);
    case "joins":
      return paper.people.map(({ joinedAt }) => joinedAt);
    case "confirmed":
      return known(paper.people.map(({ confirmedAt }) => confirmedAt));
    case "qualified":
      return known(paper.people.map((person) => qualifiedAt(person, paper.stayMs, now)));
    case "leaves":
      return changes("left");
    case "returns":
      return changes("returned");
  }
  throw new Error(`no such metric: ${metric}`);
}

/** The day of an instant as the platform's own calendar prints it. */
export function dayOf(timezone: string, at: number): string {
  const calendar =
    calendars.get(timezone) ?? new Intl.DateTimeFormat("en-CA", { timeZone: timezone, dateStyle: "short" });
  calendars.set(timezone, calendar);
  return calendar.format(at);
}
const calendars = new Map<string, Intl.DateTimeFormat>();

/** The cohort of an instant: its day, the Monday of its week, or its month. */
export function cohortOf(timezone: string, by: "day" | "week" | "month", at: number): string {
  const day = dayOf(timezone, at);
  if (by === "month") return day.slice(0, 7);
  if (by === "day") return day;
  const date = new Date(`${day}T12:00:00Z`);
  while (date.getUTCDay() !== 1) date.setTime(date.getTime() - DAY);
  return date.toISOString().slice(0, 10);
}

export type Spread = {
  people: number;
  brought: number;
  inviters: number;
  cycles: number;
  median: number | null;
  p90: number | null;
};

/** How some people spread the word. */
export function spread(paper: Paper, some: readonly Person[]): Spread {
  const friends = paper.people.filter(
    (person) => person.inviter !== null && some.includes(person.inviter) && standingOf(person) === "good",
  );
  const inviters = new Set(friends.map(({ inviter }) => inviter));
  const cycles = friends
    .map((friend) => friend.joinedAt - (friend.inviter as Person).joinedAt)
    .filter((ms) => ms >= 0)
    .sort((a, b) => a - b);
  const quantile = (share: number) => {
    const ms = cycles[Math.max(1, Math.ceil(cycles.length * share)) - 1];
    return ms === undefined ? null : coarse(Math.floor(ms / 1000));
  };
  return {
    people: some.length,
    brought: friends.length,
    inviters: inviters.size,
    cycles: cycles.length,
    median: quantile(0.5),
    p90: quantile(0.9),
  };
}

/** Seconds as they are counted: exact below 64, above that to a 32nd of the power of two below. */
function coarse(seconds: number): number {
  if (seconds < 64) return seconds;
  let power = 64;
  while (power * 2 <= seconds) power *= 2;
  return seconds - (seconds % (power / 32));
}

/** People by key, in the order of keys. */
export function groupBy<T>(people: readonly Person[], key: (person: Person) => T): [T, Person[]][] {
  const groups = new Map<T, Person[]>();
  for (const person of people) groups.set(key(person), [...(groups.get(key(person)) ?? []), person]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

export const byGeneration = (paper: Paper) => groupBy(paper.people, generationOf);

/** What a source brought: scans, joins, qualified, validated, present, and who stayed of how many. */
export function sources(paper: Paper, at: "source" | "root", from: number, to: number, now: number) {
  const name = (source: Source | null) =>
    source === null ? "friends" : `${source.channel} ${source.medium}`;
  const people = paper.people.filter(({ joinedAt }) => joinedAt >= from && joinedAt < to);
  const groups = new Map(groupBy(people, (person) => name((at === "root" ? rootOf(person) : person).source)));
  const scans = at === "root" ? [] : paper.scans.filter((scan) => scan.at >= from && scan.at < to);
  const names = new Set([...groups.keys(), ...scans.map(({ source }) => name(source))]);
  return Object.fromEntries(
    [...names].map((one) => {
      const some = groups.get(one) ?? [];
      const qualified = some.filter((person) => qualifiedAt(person, paper.stayMs, now) !== null);
      const validated = qualified.filter((person) => wasThere(person, now) && standingOf(person) === "good");
      return [
        one,
        {
          scans: scans.filter(({ source }) => name(source) === one).length,
          joins: some.length,
          qualified: qualified.length,
          validated: validated.length,
          present: some.filter((person) => wasThere(person, now)).length,
          stays: [1, 7, 30].map((days) => stay(some, days, now)),
        },
      ];
    }),
  );
}
