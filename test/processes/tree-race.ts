import { expect } from "vitest";
import { openSnapshot } from "../../src/runtime/database/snapshot.ts";
import { linesOf } from "../../src/services/checking.ts";
import { createDb } from "../../src/store/db.ts";
import { verify } from "../../src/store/verify.ts";
import { type Answer, type Api, apiWith, joinBy, mintCampaign, mintWorkspace } from "../support/api.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { inParallel } from "../support/load.ts";
import { type Running, startNodeServer, startLibsqlServer, temporaryFolder } from "../support/processes.ts";
import { boardOnPaper, type Known, METRICS } from "./tree-model.ts";

const PROCESSES = 4;
const CONNECTIONS = 64;

/** What a race did, for its test to print. */
export type Report = { seconds: number; did: Record<string, number>; slowest: number };

/** Where the servers of a race keep everything. */
export type Stage = { databaseUrl: string; env: Record<string, string>; end: () => Promise<void> };

export const oneFile = async (): Promise<Stage> => {
  const { path, remove } = await temporaryFolder();
  return { databaseUrl: `file:${path}/qrove.db`, env: { QROVE_DATA: path }, end: remove };
};

export const oneServer = async (): Promise<Stage> => {
  const { url, stop } = await startLibsqlServer();
  return { databaseUrl: url, env: { DATABASE_URL: url }, end: stop };
};

/**
 * People join by four processes on one database, each by the invite of anybody before, while others leave, come
 * back, are voided, removed, moved and disqualified, and boards are read. Asserts that the check finds
 * nothing in the end, and that the boards are what the answers add up to.
 */
export async function raceForTree(open: () => Promise<Stage>, joins: number): Promise<Report> {
  const stage = await open();
  const servers: Running[] = [];
  let reading: ReturnType<typeof readAlong> | undefined;
  try {
    for (let i = 0; i < PROCESSES; i++) servers.push(await startNodeServer({ ...TEST_ENV, ...stage.env }));
    const url = (i: number) => servers[i % PROCESSES]?.url as string;
    const api = await mintWorkspace(url(0));
    const at = (i: number) => apiWith(api.key, url(i));
    const groups = Array.from({ length: 20 }, () => ({ capacity: Math.ceil(joins / 10) }));
    const { campaign, invite, community } = await mintCampaign(api, { groups });
    const people: Known[] = [];
    const did: Record<string, number> = {};
    const count = (what: string, n = 1) => (did[what] = (did[what] ?? 0) + n);

    reading = readAlong(at, campaign.id, people, count);
    const started = performance.now();
    let slowest = 0;
    await inParallel(Array.from({ length: joins }), CONNECTIONS, async (_, i) => {
      const inviter = i % 10 === 0 ? undefined : people[Math.floor(Math.random() * people.length)];
      const sent = performance.now();
      const { json } = await patiently("join", count, () =>
        joinBy(at(i), campaign.id, inviter?.code ?? invite.code, {
          type: "email",
          value: `racer${i}@example.com`,
        }),
      );
      // What was refused for being busy has written nothing: so nobody is in already.
      expect(json.outcome).toBe("joined");
      slowest = Math.max(slowest, performance.now() - sent);
      const { id, inviterId, joinedAt } = json.participant;
      // Whoever is being removed brings nobody, and nobody else is credited.
      if (inviterId !== (inviter?.id ?? null)) expect([inviterId, inviter?.wasRemoved]).toEqual([null, true]);
      people.push({
        id,
        code: json.invite.code,
        joinedAt: Date.parse(joinedAt),
        inviter: inviterId === null ? null : (inviter ?? null),
        present: true,
        standing: "good",
        wasRemoved: false,
        disqualified: false,
        busy: false,
      });
      // Not always the same server: so not by `i`.
      if (i % 4 === 3) await doSomething(at((i - 3) / 4), people, (i - 3) / 4, count);
    });
    const seconds = (performance.now() - started) / 1000;
    await reading.stop();

    expect(people).toHaveLength(joins);
    for (const metric of METRICS) await expectBoard(api, campaign.id, people, metric);
    const { json } = await api.get(`/v1/communities/${community.id}/groups?limit=100`);
    const used = json.data.reduce((sum: number, group: { used: number }) => sum + group.used, 0);
    expect(used).toBe(people.filter(({ present, standing }) => present && standing !== "removed").length);
    await expectNoDifference(stage.databaseUrl);
    return { seconds, did, slowest };
  } finally {
    await reading?.stop().catch(() => undefined);
    for (const server of servers) await server.stop();
    await stage.end();
  }
}

/** The check of a database finds nothing, and everything is folded. */
export async function expectNoDifference(databaseUrl: string): Promise<void> {
  const snapshot = await openSnapshot(databaseUrl, null);
  try {
    const report = await verify(createDb(snapshot.driver), Date.now());
    expect(linesOf(report)).toEqual(["All counters agree with the ledger."]);
  } finally {
    snapshot.close();
  }
}

/** The first three pages of a board, and the surroundings of a few people, are what the answers add up to. */
async function expectBoard(
  api: Api,
  campaignId: string,
  people: readonly Known[],
  metric: (typeof METRICS)[number],
): Promise<void> {
  const expected = boardOnPaper(people, metric);
  const path = `/v1/campaigns/${campaignId}/leaderboard?metric=${metric}`;
  type Row = { rank: number; score: number; reachedAt: string; participant: { id: string } };
  const plain = (rows: Row[]) =>
    rows.map(({ rank, score, reachedAt, participant }) => ({
      id: participant.id,
      score,
      reachedAt: Date.parse(reachedAt),
      rank,
    }));
  let cursor = "";
  for (let page = 0; page < 3; page++) {
    const { status, json } = await api.get(`${path}&limit=100&fresh=true${cursor}`);
    expect(status).toBe(200);
    expect(plain(json.data)).toEqual(expected.slice(page * 100, page * 100 + 100));
    expect(json.totalParticipants).toBe(people.length);
    cursor = json.next === null ? "" : `&cursor=${json.next}`;
    if (json.next === null) break;
  }
  for (const part of [0.25, 0.5, 0.9, 0.999]) {
    const place = Math.floor(expected.length * part);
    const { json } = await api.get(`${path}&limit=1&around=${expected[place]?.id}`);
    expect(plain(json.around)).toEqual(expected.slice(Math.max(0, place - 5), place + 6));
  }
}

/** Reads boards, over and over, until it is stopped: whatever goes on, each of them makes sense. */
function readAlong(
  at: (i: number) => Api,
  campaignId: string,
  people: readonly Known[],
  count: (what: string) => void,
) {
  const watch = { on: true };
  const done = (async () => {
    for (let i = 0; watch.on; i++) {
      const metric = METRICS[i % METRICS.length];
      const person = people[Math.floor(Math.random() * people.length)];
      const around = person === undefined ? "" : `&around=${person.id}`;
      const asked = Date.now();
      const path = `/v1/campaigns/${campaignId}/leaderboard?metric=${metric}&limit=100${around}`;
      const { json } = await patiently("board", count, () => at(i).get(path));
      expect(Date.parse(json.accurateAsOf)).toBeGreaterThanOrEqual(asked - 1000);
      const rows: { rank: number; score: number }[] = json.data;
      for (const [n, { rank, score }] of rows.entries()) {
        const before = rows[n - 1];
        expect(rank).toBe(before?.score === score ? before.rank : n + 1);
        expect(score).toBeLessThanOrEqual(before?.score ?? Number.POSITIVE_INFINITY);
      }
      if (person !== undefined && !person.disqualified && !person.busy)
        expect(
          json.around.some((row: { participant: { id: string } }) => row.participant.id === person.id),
        ).toBe(true);
    }
  })();
  return { stop: () => ((watch.on = false), done) };
}

/** Asks until the database is not too busy; anything but an answer, or a refusal of this kind, is a fault. */
async function patiently(
  what: string,
  count: (what: string) => void,
  ask: () => Promise<Answer>,
  refusal?: string,
): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    const isRefused = answer.status !== 200 && answer.json?.code === refusal;
    if (answer.status === 200 || isRefused) {
      count(isRefused ? `${what} refused` : what);
      return answer;
    }
    if (answer.json?.code !== "busy") throw new Error(`${what}: ${answer.status}: ${answer.text}`);
    count(`${what} asked again`);
  }
}

type Deed = { what: string; weight: number; on: (person: Known) => boolean; after: (person: Known) => void };

const isIn = ({ standing }: Known) => standing !== "removed";
const DEEDS: Deed[] = [
  { what: "leave", weight: 8, on: ({ present }) => present, after: (one) => (one.present = false) },
  { what: "rejoin", weight: 5, on: (one) => !one.present && isIn(one), after: (one) => (one.present = true) },
  {
    what: "void",
    weight: 4,
    on: ({ standing }) => standing === "good",
    after: (one) => (one.standing = "voided"),
  },
  {
    what: "restore",
    weight: 2,
    on: ({ standing }) => standing !== "good",
    after: (one) => (one.standing = "good"),
  },
  { what: "remove", weight: 1, on: isIn, after: (one) => (one.standing = "removed") },
  {
    what: "disqualify",
    weight: 2,
    on: (one) => !one.disqualified,
    after: (one) => (one.disqualified = true),
  },
  { what: "reinstate", weight: 1, on: (one) => one.disqualified, after: (one) => (one.disqualified = false) },
  { what: "move", weight: 1, on: () => true, after: () => {} },
];
const ALL_DEEDS = DEEDS.flatMap((deed) => Array.from({ length: deed.weight }, () => deed));

/** Does something to somebody, and writes down what came of it. */
async function doSomething(
  api: Api,
  people: Known[],
  i: number,
  count: (what: string) => void,
): Promise<void> {
  const { what, on, after } = ALL_DEEDS[i % ALL_DEEDS.length] as Deed;
  const find = (): Known | undefined => {
    for (let tries = 0; tries < 200; tries++) {
      // Often those who came last: the last instants of scores are theirs.
      const from = tries % 3 === 0 ? Math.max(0, people.length - 20) : 0;
      const one = people[from + Math.floor(Math.random() * (people.length - from))];
      if (one !== undefined && !one.busy && on(one)) return one;
    }
  };
  const person = find();
  if (person === undefined) return;
  person.busy = true;
  person.wasRemoved ||= what === "remove";
  // Every third to nobody, the first one too: that is never refused.
  const toSomebody = what === "move" && Math.floor(i / ALL_DEEDS.length) % 3 > 0;
  const to = toSomebody ? (people[Math.floor(Math.random() * people.length)] ?? null) : null;
  const cause = "as the test says";
  const body = { leave: { eventId: `left ${i}` }, rejoin: {}, move: { inviterId: to?.id ?? null, cause } }[
    what
  ] ?? { cause };
  const ask = () => api.post(`/v1/participants/${person.id}/${what}`, body);
  const { status } = await patiently(what, count, ask, "invalid_move");
  if (status === 200) after(person);
  if (status === 200 && what === "move") person.inviter = to;
  person.busy = false;
}
