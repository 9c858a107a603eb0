import { expect } from "vitest";
import { addDays, dayAt, startOfDay } from "../../src/domain/calendar.ts";
import { METRIC_KINDS } from "../../src/domain/metrics/index.ts";
import { readRank } from "../../src/services/board-places.ts";
import { type BoardLine, type BoardQuery, readLeaderboard } from "../../src/services/boards.ts";
import type { Call } from "../../src/services/call.ts";
import { boardOf, type Line } from "./history-model.ts";
import type { Played } from "./history-play.ts";
import { TIMEZONE } from "./history-world.ts";

export const BEGIN = Date.parse("2026-03-06T20:00:00Z");
const plain = ({ participant, score, reachedAt, rank }: BoardLine): Line => ({
  name: participant.displayName,
  score,
  reachedAt: reachedAt as number,
  rank: rank as number,
});

/** All rows of a board, page by page, on and back. */
export async function wholeBoard(
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

/** Boards of all metrics over all kinds of periods: ranks, pages on and back, and somebody's place. */
export async function compareBoards(
  call: Call,
  now: number,
  { campaignId, people, paper }: Played,
  random: number,
): Promise<void> {
  const limit = 1 + (random % (people.length > 100 ? 97 : 7));
  for (const { query, from, to } of periodsAt(now, random)) {
    for (const metric of METRIC_KINDS) {
      const expected = boardOf(people, metric, from, to, paper.stayMs, now);
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
      // The read of one person's place is another one, of all time alone.
      if (query.period === undefined) {
        const { rank, position } = await readRank(call, person.id, { metric });
        const [ranked, row] = [!person.disqualified, expected[at]];
        expect([rank, position]).toEqual([
          ranked ? (row?.rank ?? expected.length + 1) : null,
          ranked && row !== undefined ? at + 1 : null,
        ]);
      }
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
