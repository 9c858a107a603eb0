import fc from "fast-check";
import { expect } from "vitest";
import { addDays, dayAt, startOfDay } from "../../src/domain/calendar.ts";
import { referralStatus } from "../../src/domain/credit.ts";
import { METRIC_KINDS } from "../../src/domain/metrics/index.ts";
import { type BoardLine, type BoardQuery, readLeaderboard } from "../../src/services/boards.ts";
import type { Call } from "../../src/services/call.ts";
import { getParticipant } from "../../src/services/participants.ts";
import type { Clock } from "../support/ports.ts";
import { boardOf, isPresent, type Line, qualifiedAt } from "./history-model.ts";
import { aHistory, play, type Played, STAY_MINUTES, TIMEZONE } from "./history-play.ts";

export const BEGIN = Date.parse("2026-03-06T20:00:00Z");
const STAY = STAY_MINUTES * 60_000;

const plain = ({ participant, score, reachedAt, rank }: BoardLine): Line => ({
  name: participant.displayName,
  score,
  reachedAt: reachedAt as number,
  rank: rank as number,
});

/** All rows of a board, page by page, on and back. */
async function wholeBoard(
  call: Call,
  campaignId: string,
  query: Omit<BoardQuery, "limit">,
  limit: number,
): Promise<Line[]> {
  const rows: BoardLine[] = [];
  let cursor: string | undefined;
  let back: string | null = null;
  let last = 0;
  do {
    const page = await readLeaderboard(call, campaignId, { ...query, limit, cursor, fresh: true });
    rows.push(...page.data);
    last = page.data.length;
    cursor = page.next ?? undefined;
    back = page.previous;
  } while (cursor !== undefined);
  const backwards: BoardLine[] = [];
  while (back !== null) {
    const page = await readLeaderboard(call, campaignId, { ...query, limit, cursor: back });
    backwards.unshift(...page.data);
    back = page.previous;
  }
  expect(backwards).toEqual(rows.slice(0, Math.max(0, rows.length - last)));
  return rows.map(plain);
}

/** The periods to look at, and their windows as a person with a calendar would say them. */
function periodsAt(now: number, random: number) {
  const day = dayAt(TIMEZONE, now - (random % 5) * 86_400_000);
  const date = `${day.year}-${String(day.month).padStart(2, "0")}-${String(day.day).padStart(2, "0")}`;
  const start = startOfDay(TIMEZONE, day);
  const end = startOfDay(TIMEZONE, addDays(day, 1));
  const weekday = new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay();
  const monday = addDays(day, weekday === 0 ? -6 : 1 - weekday);
  const custom = {
    from: BEGIN + (random % 7) * 1_800_000,
    to: BEGIN + 1 + (random % 50) * 3_600_000 + 12_600_000,
  };
  return [
    { query: {}, from: 0, to: Number.POSITIVE_INFINITY },
    { query: { period: "day" as const, date }, from: start, to: end },
    {
      query: { period: "week" as const, date },
      from: startOfDay(TIMEZONE, monday),
      to: startOfDay(TIMEZONE, addDays(monday, 7)),
    },
    {
      query: { period: "month" as const, date },
      from: startOfDay(TIMEZONE, { ...day, day: 1 }),
      to: startOfDay(TIMEZONE, { ...addDays({ ...day, day: 28 }, 4), day: 1 }),
    },
    { query: { period: "custom" as const, ...custom }, ...custom },
  ];
}

async function compareBoards(call: Call, now: number, { campaignId, people }: Played, random: number) {
  const limit = 1 + (random % (people.length > 100 ? 97 : 7));
  for (const { query, from, to } of periodsAt(now, random)) {
    for (const metric of METRIC_KINDS) {
      const expected = boardOf(people, metric, from, to, STAY, now);
      expect(
        await wholeBoard(call, campaignId, { metric, ...query }, limit),
        `${metric} ${JSON.stringify(query)}`,
      ).toEqual(expected);
      const person = people[random % people.length];
      if (person === undefined) continue;
      const { around, totalParticipants } = await readLeaderboard(call, campaignId, {
        metric,
        ...query,
        limit: 1,
        around: person.id,
      });
      expect(totalParticipants).toBe(people.length);
      const at = expected.findIndex(({ name }) => name === person.name);
      if (person.disqualified) {
        expect(around).toMatchObject([{ rank: null, off: "disqualified", participant: { id: person.id } }]);
      } else if (at < 0) {
        const self = { name: person.name, score: 0, reachedAt: null, rank: expected.length + 1 };
        expect(around?.map(plain)).toEqual([...expected.slice(-5), self]);
      } else {
        expect(around?.map(plain)).toEqual(expected.slice(Math.max(0, at - 5), at + 6));
      }
    }
  }
}

async function comparePeople(call: Call, now: number, { people }: Played) {
  for (const person of people) {
    const found = await getParticipant(call, person.id);
    const qualified = qualifiedAt(person, STAY, now);
    expect({
      present: found.leftAt === null,
      qualifiedAt: found.qualifiedAt,
      inviterId: found.inviterId,
      standing: found.standing ?? "good",
      disqualified: found.disqualifiedAt !== null,
    }).toEqual({
      present: isPresent(person),
      qualifiedAt: qualified,
      inviterId: people.find(({ name }) => name === person.inviter?.name)?.id ?? null,
      standing: person.standing,
      disqualified: person.disqualified,
    });
    const status = referralStatus({
      present: found.leftAt === null,
      qualified: found.qualifiedAt !== null,
      standing: found.standing ?? "good",
    });
    const counts = isPresent(person) && person.standing === "good";
    expect(status).toBe(counts ? (qualified === null ? "pending" : "qualified") : "voided");
  }
}

/** What there is to see of a campaign, by names, so that two campaigns can be compared. */
const seenOf = async (call: Call, { campaignId }: Played) => {
  const seen: Record<string, Line[]> = {};
  for (const metric of METRIC_KINDS) seen[metric] = await wholeBoard(call, campaignId, { metric }, 50);
  return seen;
};

/** A history of up to `maxLength` events, told in two orders to two campaigns, against the model on paper. */
export const historyProperty = (call: Call, clock: Clock, maxLength: number, minLength = 1) =>
  fc.asyncProperty(aHistory(minLength, maxLength), fc.nat(10_000), async (steps, random) => {
    clock.now = BEGIN;
    const between = (played: Played) => compareBoards(call, clock.now, played, random);
    const first = await play(call, clock, steps, "shuffled", between);
    await compareBoards(call, clock.now, first, random);
    await comparePeople(call, clock.now, first);
    const end = clock.now;
    clock.now = BEGIN;
    const second = await play(call, clock, steps, random % 2 === 0 ? "at once" : "backwards at the end");
    expect(clock.now).toBe(end);
    expect(await seenOf(call, second)).toEqual(await seenOf(call, first));
  });
