import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { parseId } from "../../src/domain/id.ts";
import { openDatabase } from "../../src/runtime/database/node.ts";
import { createDb } from "../../src/store/db.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Answer, type Api, apiWith, joinBy, mintCampaign, mintWorkspace } from "../support/api.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { inParallel, whenNotBusy } from "../support/load.ts";
import { type Running, startNodeServer, temporaryFolder } from "../support/processes.ts";

const PROCESSES = 4;
const CONNECTIONS = 64;
const DAY = 24 * 3_600_000;

export type Race = { joins: number; groups: number; capacity: number };
type Shown = { id: string; used: number; capacity: number; state: string; retiresAt: string | null };
type Join = { sentAt: number; answer: Answer };

/** What a race did, for its test to print. */
export type Report = { seconds: number; polls: number; did: Record<string, number> };

/**
 * People join by four processes on one file while groups expire, pause, open, close and merge, people
 * leave, come back and are confirmed. Asserts that no group is ever over its capacity, that none was
 * given away after its retirement, and that in the end everybody is accounted for.
 */
export async function raceForSeats({ joins, groups: groupCount, capacity }: Race): Promise<Report> {
  const folder = await temporaryFolder();
  const servers: Running[] = [];
  const stops: (() => Promise<void>)[] = [];
  try {
    const env = { ...TEST_ENV, QROVE_DATA: folder.path };
    for (let i = 0; i < PROCESSES; i++) {
      const server = await startNodeServer(env);
      servers.push(server);
      stops.push(server.stop);
    }
    const url = (i: number) => servers[i % PROCESSES]?.url as string;
    const api = await mintWorkspace(url(0));
    const at = (i: number) => apiWith(api.key, url(i));
    const allocation = { strategy: "least_filled", confirm: "carrier", reservationMinutes: 60 };
    const world = await mintCampaign(api, {
      groups: Array.from({ length: groupCount }, () => ({ capacity })),
      campaign: { allocation },
    });
    const { campaign, community, invite } = world;
    const listPath = `/v1/communities/${community.id}/groups?limit=100`;
    const list = async (): Promise<Shown[]> => (await whenNotBusy(() => api.get(listPath))).json.data;
    const did: Record<string, number> = {};
    const count = (what: string) => (did[what] = (did[what] ?? 0) + 1);

    const over: string[] = [];
    const watch = { on: true, polls: 0 };
    const watching = (async () => {
      for (; watch.on; watch.polls++) {
        for (const { id, used, capacity } of await list()) {
          if (used > capacity) over.push(`${id} has ${used} of ${capacity}`);
        }
      }
    })();
    stops.unshift(async () => {
      watch.on = false;
      await watching;
    });

    const started = performance.now();
    const retired = new Map<string, number>();
    const chaos = disturb(at, world.groups, retired, count);
    const every = Math.max(25, joins / 100);
    const done: Join[] = await inParallel(Array.from({ length: joins }), CONNECTIONS, async (_, i) => {
      const identity = { type: "email", value: `racer${i}@example.com` };
      let sentAt = 0;
      const answer = await whenNotBusy(() => {
        sentAt = Date.now();
        return joinBy(at(i), campaign.id, invite.code, identity);
      });
      if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
      count(answer.json.outcome);
      if (i % every === every - 1) await chaos(Math.floor(i / every));
      if (i % 10 === 3) {
        const again = (await whenNotBusy(() => joinBy(at(i + 1), campaign.id, invite.code, identity))).json;
        expect(["already_joined", "waitlisted"]).toContain(again.outcome);
      }
      if (answer.json.participant && i % 5 < 2) await live(at(i), answer.json.participant.id, i, count);
      return { sentAt, answer };
    });
    const seconds = (performance.now() - started) / 1000;
    // By now all is full: all who left want their seats again at once.
    const gone = done.flatMap(({ answer }, i) =>
      answer.json.participant && i % 10 === 6 ? [answer.json.participant.id as string] : [],
    );
    await inParallel(gone, 16, async (id, i) => {
      const { status, text } = await whenNotBusy(() => at(i).post(`/v1/participants/${id}/rejoin`));
      if (status !== 200) throw new Error(`${status}: ${text}`);
      count("rejoin");
    });
    await allSeated(api, campaign.id, community.id, Math.ceil(joins / 2));

    expect(over).toEqual([]);
    expect(done.filter(({ answer }) => answer.json.outcome === "already_joined")).toEqual([]);
    expect(retired.size).toBe(did["expire"]);
    for (const { sentAt, answer } of done) {
      const { outcome, group } = answer.json;
      // What was asked for after the instant must have been given elsewhere.
      if (outcome === "joined") expect(sentAt).toBeLessThan(retired.get(group.id) ?? Infinity);
    }
    await expectAccounts(`file:${folder.path}/qrove.db`, campaign.id, joins, retired);
    expect(watch.polls).toBeGreaterThan(10);
    return { seconds, polls: watch.polls, did };
  } finally {
    for (const stop of stops) await stop();
    await folder.remove();
  }
}

/** What some people do as soon as they are in. */
async function live(api: Api, id: string, i: number, count: (what: string) => void): Promise<void> {
  const tell = async (what: string, body?: object) => {
    const { status, text } = await whenNotBusy(() => api.post(`/v1/participants/${id}/${what}`, body));
    if (status !== 200) throw new Error(`${what} ${status}: ${text}`);
    count(what);
  };
  if (i % 5 === 0) return tell("confirm", { source: "carrier" });
  await tell("leave", { eventId: `left ${i}` });
  if (i % 10 === 1) await tell("rejoin");
}

/**
 * Does something to the groups at every call: in turns they retire, pause, merge, open and close.
 * @param retired is told of each that retires: when, but not before the server knew of it
 */
function disturb(
  at: (i: number) => Api,
  groups: { id: string }[],
  retired: Map<string, number>,
  count: (what: string) => void,
) {
  const live = groups.map(({ id }) => id);
  const paused: string[] = [];
  const take = (n: number) => live.splice((n * 7) % Math.max(live.length, 1), 1)[0];
  const must = async (what: string, ask: () => Promise<Answer>, ...allowed: string[]) => {
    const answer = await whenNotBusy(ask);
    const { status, json, text } = answer;
    if (status >= 300 && !allowed.includes(json?.code)) throw new Error(`${what} ${status}: ${text}`);
    count(status >= 300 ? `${what} refused` : what);
    return answer;
  };
  const actions: ((api: Api, n: number) => Promise<void>)[] = [
    async (api, n) => {
      const id = live.length > groups.length / 2 ? take(n) : undefined;
      if (id === undefined) return;
      const retiresAt = Date.now() + 300;
      const expiresAt = new Date(retiresAt + DAY).toISOString();
      await must("expire", () => api.patch(`/v1/groups/${id}`, { expiresAt, marginHours: 24 }));
      retired.set(id, Math.max(retiresAt, Date.now()));
    },
    async (api, n) => {
      const id = take(n);
      if (id === undefined) return;
      paused.push(id);
      await must("pause", () => api.patch(`/v1/groups/${id}`, { state: "paused" }));
    },
    async (api, n) => {
      const [from, into] = [take(n), live[n % Math.max(live.length, 1)]];
      if (from === undefined || into === undefined) return;
      const merge = () => api.post(`/v1/groups/${from}/merge`, { into });
      const answer = await must("merge", merge, "capacity_below_use", "merge_refused");
      // One that is too full stays as it was; so does one whose partner was taken from here meanwhile.
      if (answer.json?.code === "merge_refused") expect(live).not.toContain(into);
    },
    async (api) => {
      const id = paused.shift();
      if (id === undefined) return;
      live.push(id);
      await must("open", () => api.patch(`/v1/groups/${id}`, { state: "open" }));
    },
    async (api, n) => {
      const id = n % 3 === 0 && live.length > groups.length / 2 ? take(n) : undefined;
      if (id !== undefined) await must("close", () => api.patch(`/v1/groups/${id}`, { state: "closed" }));
    },
  ];
  return async (n: number) => actions[n % actions.length]?.(at(n), n);
}

/** Adds seats until nobody waits: by then everybody is somewhere. */
async function allSeated(api: Api, campaignId: string, communityId: string, seats: number): Promise<void> {
  for (let round = 0; round < 20; round++) {
    if ((await api.get(`/v1/campaigns/${campaignId}/health`)).json.waiting === 0) return;
    const bulk = { name: `More ${round}-{n}`, carrier: "url", joinUrl: "https://example.com/{n}" };
    const { status, text } = await whenNotBusy(() =>
      api.post(`/v1/communities/${communityId}/groups/bulk`, { ...bulk, count: 2, capacity: seats }),
    );
    if (status !== 200) throw new Error(`${status}: ${text}`);
  }
  throw new Error("somebody still waits");
}

/** Reads the file itself, after the race. */
async function expectAccounts(
  databaseUrl: string,
  campaignId: string,
  joins: number,
  retired: ReadonlyMap<string, number>,
): Promise<void> {
  const database = await openDatabase(databaseUrl, null, "migrations");
  try {
    const db = createDb(database.driver);
    const campaign = parseId("campaign", campaignId);
    const instants = JSON.stringify([...retired].map(([id, instant]) => [parseId("group", id), instant]));
    const gone = sql`(SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS instant
      FROM json_each(${instants})) g`;
    const [people, late, moved, overtaken, promoted, seatless, again] = await db.read([
      db.q.all(sql`SELECT count(*) FROM participants WHERE campaign_id = ${campaign}`),
      db.q.all(sql`SELECT l.id FROM ledger l JOIN ${gone} ON g.id = l.group_id
        WHERE l.kind = 'joined' AND l.at >= g.instant`),
      db.q.all(
        sql`SELECT f.id FROM groups f JOIN ${gone} ON g.id = f.merged_into WHERE f.updated_at >= g.instant`,
      ),
      // In the order in which newcomers waited, the ids of those who came in only grow.
      db.q.all(sql`SELECT id FROM (SELECT w.id, p.id AS place, max(p.id) OVER (ORDER BY w.id
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest
        FROM waitlist w CROSS JOIN participants p ON p.campaign_id = w.campaign_id AND p.member_id = w.member_id
        WHERE w.campaign_id = ${campaign} AND w.attempt = p.attempt AND NOT EXISTS (SELECT 1 FROM outbox o
          WHERE o.campaign_id = w.campaign_id AND o.key = 'waitlist.promoted:again:' || w.id))
        WHERE place < latest LIMIT 5`),
      db.q.all(
        sql`SELECT (SELECT count(*) FROM waitlist) - (SELECT count(DISTINCT subject) FROM outbox WHERE kind = 'waitlist.promoted')`,
      ),
      db.q.all(sql`SELECT count(*) FROM participants WHERE left_at IS NULL AND seat_state IS NULL`),
      db.q.all<[number]>(sql`SELECT count(*) FROM outbox WHERE key LIKE 'waitlist.promoted:again:%'`),
    ]);
    expect({ people, late, moved, overtaken, promoted, seatless }).toEqual({
      people: [[joins]],
      late: [],
      moved: [],
      overtaken: [],
      promoted: [[0]],
      // Whoever came back while all was full waited, and sits somewhere by now.
      seatless: [[0]],
    });
    console.log(`${again[0]?.[0]} people who came back got their seats by the waitlist`);
    expect(await findDifferences(db)).toEqual([]);
  } finally {
    database.close();
  }
}
