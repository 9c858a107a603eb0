import { createClient } from "@libsql/client";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSecrets } from "../../src/runtime/secrets.ts";
import { visitorOf } from "../../src/services/scans.ts";
import { clearOfEnd, HOUR } from "../http/support/clock.ts";
import { apiWith, mintCampaign, mintWorkspace, request } from "../support/api.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { inParallel } from "../support/load.ts";
import { type Running, startNodeServer, temporaryFolder } from "../support/processes.ts";

const KILLS = 5;
const CONNECTIONS = 16;
const PHONE =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const start = (env: Record<string, string> = {}): Promise<Running> =>
  startNodeServer({ ...TEST_ENV, QROVE_DATA: folder.path, ...env });

const visit = (url: string, code: string, headers: Record<string, string>) =>
  request(
    `/i/${code}`,
    { headers: { Accept: "application/json", "Accept-Language": "en", ...headers } },
    url,
  );

/** The visitors that the database has, of one campaign. */
async function visitorsIn(campaignCode: string): Promise<string[]> {
  const client = createClient({ url: `file:${folder.path}/qrove.db` });
  const { rows } = await client.execute({
    sql: "SELECT visitor FROM scans WHERE invite_id = (SELECT id FROM invites WHERE code = ?)",
    args: [campaignCode],
  });
  client.close();
  return rows.map(({ visitor }) => visitor as string);
}

/** Every text in every table of the database. */
async function textsInFile(): Promise<string> {
  const client = createClient({ url: `file:${folder.path}/qrove.db` });
  const read = async (sql: string) => (await client.execute(sql)).rows;
  const texts: string[] = [];
  for (const { name } of await read("SELECT name FROM sqlite_master WHERE type = 'table'")) {
    for (const row of await read(`SELECT * FROM "${name as string}"`))
      texts.push(...Object.values(row).filter((value) => typeof value === "string"));
  }
  client.close();
  return texts.join("\n");
}

test("kill -9 in mid-load, 5 times: every scan whose page was answered is there, once", async () => {
  const secrets = createSecrets(TEST_ENV.QROVE_SECRET);
  let server = await start();
  const { campaign, invite } = await mintCampaign(await mintWorkspace(server.url));
  const answered: { userAgent: string; days: number[] }[] = [];
  let unanswered = 0;
  let visits = 0;

  for (let kill = 0; kill < KILLS; kill++) {
    const wanted = answered.length + 150 + kill * 37;
    let over = false;
    await inParallel(Array.from({ length: 5000 }), CONNECTIONS, async () => {
      if (over) return;
      const userAgent = `${PHONE} Visit/${++visits}`;
      const sent = Date.now();
      const answer = await visit(server.url, invite.code, { "User-Agent": userAgent }).catch(() => null);
      if (answer === null) unanswered++;
      else {
        expect(answer.status).toBe(200);
        answered.push({ userAgent, days: [sent, Date.now()] });
      }
      if (answered.length >= wanted && !over) {
        over = true;
        await server.kill();
      }
    });
    server = await start();
    const kept = await visitorsIn(invite.code);
    expect(new Set(kept).size).toBe(kept.length);
    const there = new Set(kept);
    const missing = [];
    for (const { userAgent, days } of answered) {
      const marks = { ip: "127.0.0.1", userAgent, language: "en" };
      const names = await Promise.all(days.map((at) => visitorOf({ secrets }, campaign.id, marks, at)));
      if (!names.some((name) => there.has(name))) missing.push(userAgent);
    }
    expect(missing).toEqual([]);
    expect(kept.length).toBeLessThanOrEqual(answered.length + unanswered);
  }
  // A kill that interrupts nothing proves nothing.
  expect(unanswered).toBeGreaterThan(KILLS);
  await server.stop();
});

test("no address and no browser's name is kept or logged; a proxy is believed only when trusted", async () => {
  const server = await start({ QROVE_QUIET: "0" });
  let log = "";
  server.child.stdout?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const api = await mintWorkspace(server.url);
  const { campaign, invite } = await mintCampaign(api);
  const scans = async (url: string): Promise<number> =>
    (await apiWith(api.key, url).get(`/v1/campaigns/${campaign.id}/funnel`)).json.steps[0].people;
  // A visitor counts once an hour.
  await clearOfEnd(HOUR);
  const by = (url: string, address: string, country = "CN") =>
    visit(url, invite.code, {
      "User-Agent": `${PHONE} Marked/7`,
      "X-Forwarded-For": address,
      "CF-Connecting-IP": "203.0.113.66",
      "CF-IPCountry": country,
    });
  await by(server.url, "203.0.113.77");
  await by(server.url, "203.0.113.78");
  expect(await scans(server.url)).toBe(1);
  await server.stop();

  const trusting = await start({ QROVE_TRUST_PROXY: "1", QROVE_QUIET: "0" });
  trusting.child.stdout?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  // What stands before the last address is what the client claims: it makes nobody another person.
  await by(trusting.url, "203.0.113.79");
  await by(trusting.url, "198.51.100.1, 203.0.113.79");
  await by(trusting.url, "203.0.113.80");
  expect(await scans(trusting.url)).toBe(3);
  await setTimeout(50);

  // Before it stops: the write-ahead log is still there too.
  const files = (await readdir(folder.path)).filter((name) => name.startsWith("qrove.db"));
  expect(files).toContain("qrove.db-wal");
  const kept = await Promise.all(files.map((name) => readFile(join(folder.path, name), "latin1")));
  const texts = await textsInFile();
  await trusting.stop();
  expect(kept.join("")).toContain(invite.code);
  expect(log).toContain("/i/:code");
  for (const text of [...kept, log]) {
    expect(/127\.0\.0\.1|203\.0\.113\.|198\.51\.100\.|Marked\/7|Pixel 8/.exec(text)?.[0]).toBeUndefined();
  }
  // Three characters come up in any file's checksums and hashes: so they are looked for in its texts.
  expect([texts.includes(invite.code), texts.includes("::1")]).toEqual([true, false]);
  expect(log).not.toContain("::1");
});

test("QROVE_SCANS=off keeps none", async () => {
  const server = await start({ QROVE_SCANS: "off" });
  const api = await mintWorkspace(server.url);
  const { campaign, invite } = await mintCampaign(api);
  expect((await visit(server.url, invite.code, { "User-Agent": PHONE })).status).toBe(200);
  expect((await api.get(`/v1/campaigns/${campaign.id}/funnel`)).json.steps[0].people).toBe(0);
  await server.stop();
  expect(await visitorsIn(invite.code)).toEqual([]);
});
