import { sql } from "drizzle-orm";
import Database from "libsql";
import { setTimeout } from "node:timers/promises";
import { expect } from "vitest";
import { formatId } from "../../src/domain/id.ts";
import { LARGE_BYTES } from "../../src/runtime/database/reads-beside.ts";
import { openSnapshot } from "../../src/runtime/database/snapshot.ts";
import { linesOf } from "../../src/services/checking.ts";
import { createDb } from "../../src/store/db.ts";
import { verify } from "../../src/store/verify.ts";
import { type Answer, type Api, apiWith, joinBy, mintCampaign, mintWorkspace } from "../support/api.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { type Running, startNodeServer, temporaryFolder } from "../support/processes.ts";

const JOINING = 16;

/** What the kills met. */
export type Report = {
  joined: number;
  unanswered: number;
  /** Kills before which something was folded, after which something was not, a board was half built. */
  folded: number;
  unfolded: number;
  halfBuilt: number;
};

type Person = { id: string; code: string };

/** Makes a file so large that what may take long is read, and folds are worked out, in threads beside. */
function enlarge(path: string): void {
  const database = new Database(path, { timeout: 5_000 });
  database.exec(`CREATE TABLE padding (bytes BLOB); INSERT INTO padding VALUES (zeroblob(${LARGE_BYTES}))`);
  database.pragma("wal_checkpoint(TRUNCATE)");
  database.close();
}

/**
 * Ends a server with kill -9 again and again while people join, boards are folded and built, and people leave, are
 * voided and moved. After each the check must find nothing, and everybody who was answered must be there.
 * @param isLarge whether the file is one that is read, and whose folds are worked out, in threads beside
 */
export async function killInMidLoad(kills: number, isLarge = false): Promise<Report> {
  const folder = await temporaryFolder();
  const databaseUrl = `file:${folder.path}/qrove.db`;
  const start = (): Promise<Running> => startNodeServer({ ...TEST_ENV, QROVE_DATA: folder.path });
  let server = await start();
  try {
    const { key } = await mintWorkspace(server.url);
    const world = { groups: [{ capacity: 1_000_000 }] };
    const { campaign, invite } = await mintCampaign(apiWith(key, server.url), world);
    if (isLarge) enlarge(`${folder.path}/qrove.db`);
    const answered: Person[] = [];
    const report: Report = { joined: 0, unanswered: 0, folded: 0, unfolded: 0, halfBuilt: 0 };
    // A thread takes a moment to come.
    const least = isLarge ? 150 : 20;
    let folds = 0;
    for (let kill = 0; kill < kills; kill++) {
      const load = loadOn(apiWith(key, server.url), campaign.id, invite.code, answered, report);
      // Not at a round moment, and never before something is under way.
      await load.joined(least + Math.floor(Math.random() * 60));
      await setTimeout(Math.random() * 60);
      load.end();
      await server.kill();
      await load.ended;
      const { isBehind, halfBuilt, version } = await expectRight(databaseUrl, answered);
      report.folded += version > folds ? 1 : 0;
      folds = version;
      report.unfolded += isBehind ? 1 : 0;
      report.halfBuilt += halfBuilt ? 1 : 0;
      server = await start();
    }
    report.joined = answered.length;
    return report;
  } finally {
    await server.stop();
    await folder.remove();
  }
}

/** Joins, deeds and boards all at once, until it is told to end, or the server does. */
function loadOn(api: Api, campaignId: string, door: string, answered: Person[], report: Report) {
  const state = { over: false };
  const before = answered.length;
  const someone = () => answered[Math.floor(Math.random() * answered.length)];
  const must = ({ status, text }: Answer, ...allowed: number[]) => {
    if (status !== 200 && !allowed.includes(status)) throw new Error(`${status}: ${text}`);
  };
  /** Runs until the end; what the kill broke off has no answer. */
  const lane = async (work: (round: number) => Promise<void>) => {
    for (let round = 0; !state.over; round++) {
      try {
        await work(round);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        report.unanswered++;
        return;
      }
    }
  };
  const join = async () => {
    const inviter = Math.random() < 0.1 ? undefined : someone();
    const answer = await joinBy(api, campaignId, inviter?.code ?? door);
    must(answer);
    answered.push({ id: answer.json.participant.id, code: answer.json.invite.code });
  };
  const read = async (round: number) => {
    const metric = ["direct", "qualified", "team"][round % 3];
    // Each is another board, which must be built first.
    const from = new Date(Date.now() - 3_600_000 - Math.floor(Math.random() * 3_600_000)).toISOString();
    const window = round % 2 === 0 ? "" : `&period=custom&from=${from}&to=2100-01-01T00:00:00Z`;
    must(await api.get(`/v1/campaigns/${campaignId}/leaderboard?metric=${metric}&fresh=true${window}`), 503);
  };
  const act = async (round: number) => {
    const [person, other] = [someone(), someone()];
    if (person === undefined || other === undefined) return setTimeout(5);
    const cause = "as the test says";
    const path = `/v1/participants/${person.id}`;
    if (round % 4 === 0) must(await api.post(`${path}/leave`, {}));
    else if (round % 4 === 1) must(await api.post(`${path}/void`, { cause }));
    else if (round % 4 === 2) must(await api.post(`${path}/restore`, { cause }));
    else must(await api.post(`${path}/move`, { inviterId: other.id, cause }), 409, 422, 503);
  };
  const lanes = [...Array.from({ length: JOINING }, () => lane(join)), lane(read), lane(read), lane(act)];
  return {
    joined: async (n: number) => {
      while (answered.length < before + n) await Promise.race([setTimeout(2), ...lanes]);
    },
    end: () => (state.over = true),
    ended: Promise.all(lanes),
  };
}

/** Looks at the file that the dead server left. */
async function expectRight(databaseUrl: string, answered: readonly Person[]) {
  const snapshot = await openSnapshot(databaseUrl, null);
  try {
    const db = createDb(snapshot.driver);
    const { differences, behind } = await verify(db, Date.now());
    expect(linesOf({ differences, found: differences.length, behind: [], restless: [], upto: 0 })).toEqual([
      "All counters agree with the ledger.",
    ]);
    const [rows, building, moved] = await db.read([
      db.q.all<[number, string]>(
        sql`SELECT participant_id, code FROM invites WHERE participant_id IS NOT NULL`,
      ),
      db.q.all(sql`SELECT id FROM boards WHERE state = 'building' AND built_upto > 0`),
      db.q.all<[number]>(sql`SELECT version FROM folds`),
    ]);
    const there = new Set(rows.map(([id, code]) => `${formatId("participant", id)} ${code}`));
    expect(answered.filter(({ id, code }) => !there.has(`${id} ${code}`))).toEqual([]);
    const version = moved[0]?.[0] ?? 0;
    return { isBehind: behind.length > 0, halfBuilt: building.length > 0, version };
  } finally {
    snapshot.close();
  }
}
