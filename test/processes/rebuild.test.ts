import { createClient } from "@libsql/client";
import { execFile } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, apiWith, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { inParallel, whenNotBusy } from "../support/load.ts";
import { type Running, startNodeServer, temporaryFolder } from "../support/processes.ts";
import { boardOnPaper, type Known } from "./tree-model.ts";
import { expectNoDifference } from "./tree-race.ts";

const PEOPLE = 400;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let servers: Running[];
beforeAll(async () => {
  folder = await temporaryFolder();
  servers = [];
  for (let i = 0; i < 2; i++) servers.push(await startNodeServer({ ...TEST_ENV, QROVE_DATA: folder.path }));
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await folder.remove();
});

/** Runs one of the operator's commands on the data folder. */
const run = (command: string): Promise<{ code: number; lines: string[] }> =>
  new Promise((resolve) => {
    const env = { ...process.env, QROVE_DATA: folder.path };
    execFile(
      process.execPath,
      [`dist/${command}.mjs`],
      { env, maxBuffer: 2 ** 24 },
      (error, stdout, stderr) =>
        resolve({
          code: error === null ? 0 : Number(error.code),
          lines: `${stdout}${stderr}`.trim().split("\n"),
        }),
    );
  });

/** Joins by the invite of anybody before. */
async function joinSomewhere(api: Api, campaignId: string, door: string, people: Known[]): Promise<void> {
  const inviter = people[Math.floor(Math.random() * people.length)];
  const identity = newIdentity();
  const { json, text } = await whenNotBusy(() => joinBy(api, campaignId, inviter?.code ?? door, identity));
  if (json?.outcome !== "joined") throw new Error(text);
  people.push({
    id: json.participant.id,
    code: json.invite.code,
    joinedAt: Date.parse(json.participant.joinedAt),
    inviter: inviter ?? null,
    present: true,
    standing: "good",
    wasRemoved: false,
    disqualified: false,
    busy: false,
  });
}

/** The n-th best of the board of direct referrals; the very first participant may have brought nobody. */
const ranked = (nth: number) =>
  `(SELECT participant_id FROM tallies WHERE board_id = 1 ORDER BY score DESC LIMIT 1 OFFSET ${nth})`;

/** What goes wrong, and what the check says of it: at least this many lines. */
const WRONG: [sql: string, says: RegExp][] = [
  [
    `UPDATE tallies SET score = score + 5 WHERE participant_id = ${ranked(1)}`,
    /: score on board \d+ \(team\) is/,
  ],
  [
    // Somebody may join by them before the check has come that far: then the score begins anew.
    `DELETE FROM tallies WHERE participant_id = ${ranked(0)} AND board_id = 1`,
    /: score on board 1 .* is \d+, recounted/,
  ],
  [
    `UPDATE board_counts SET n = n + 1 WHERE level = 0`,
    /: count of a board on board \d+ \(direct, bucket \d+ of level 0\) is/,
  ],
  [
    `UPDATE credits SET state = 8 WHERE participant_id IN (SELECT id FROM participants ORDER BY id LIMIT 20)`,
    /: credit is 8, recounted 3/,
  ],
  [
    `DELETE FROM credits WHERE participant_id IN (SELECT id FROM participants ORDER BY id LIMIT 5 OFFSET 40)`,
    /: credit is nothing, recounted 3/,
  ],
  [
    `UPDATE participants SET left_at = joined_at WHERE id IN (SELECT id FROM participants ORDER BY id LIMIT 20 OFFSET 60)`,
    /: left is 20.*Z, recounted nothing/,
  ],
  [
    `UPDATE participants SET standing = 'voided' WHERE id IN (SELECT id FROM participants ORDER BY id LIMIT 5 OFFSET 90)`,
    /: standing is 1, recounted 0/,
  ],
  [
    `UPDATE participants SET level_shift = 2 WHERE id IN (SELECT id FROM participants ORDER BY id LIMIT 5 OFFSET 95)`,
    /: level is \d+, recounted/,
  ],
  [`UPDATE groups SET used = used + 100`, /^group grp_\w+: seats taken is/],
  [`UPDATE invites SET uses = uses + 3 WHERE participant_id IS NULL`, /^invite inv_\w+: uses is/],
  [`UPDATE folds SET people = people + 9`, /^campaign cmp_\w+: people folded is/],
];

test("what is corrupted is named and put right while people go on joining", async () => {
  const api = await mintWorkspace(servers[0]?.url);
  const { campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 100_000 }] });
  const at = (i: number) => apiWith(api.key, servers[i % 2]?.url);
  const people: Known[] = [];
  const path = `/v1/campaigns/${campaign.id}/leaderboard`;
  await inParallel(Array.from({ length: PEOPLE }), 16, (_, i) =>
    joinSomewhere(at(i), campaign.id, invite.code, people),
  );
  for (const query of ["metric=direct", "metric=team&channel=poster", "metric=direct&period=today"])
    expect((await api.get(`${path}?${query}&fresh=true`)).status).toBe(200);
  expect(await run("check")).toEqual({ code: 0, lines: ["All counters agree with the ledger."] });

  const client = createClient({ url: `file:${folder.path}/qrove.db`, timeout: 5000 });
  await client.batch(
    WRONG.map(([sql]) => sql),
    "write",
  );
  client.close();
  const load = { on: true };
  const joining = inParallel(Array.from({ length: 4 }), 4, async (_, i) => {
    while (load.on) await joinSomewhere(at(i), campaign.id, invite.code, people);
  });
  try {
    const wrong = await run("check");
    expect(wrong.code).toBe(1);
    for (const [, says] of WRONG)
      expect(
        wrong.lines.some((line) => says.test(line)),
        `${says}`,
      ).toBe(true);
    const before = people.length;
    const rebuilt = await run("rebuild");
    expect(people.length).toBeGreaterThan(before + 10);
    console.log(
      `${people.length - before} joined meanwhile:\n${rebuilt.lines.filter((line) => line.startsWith("- ")).join("\n")}`,
    );
    for (const [, says] of WRONG)
      expect(
        rebuilt.lines.some((line) => says.test(line)),
        `${says}`,
      ).toBe(true);
    expect([rebuilt.code, rebuilt.lines.at(-1)]).toEqual([0, "All counters agree with the ledger."]);
    const again = await run("check");
    expect([again.code, again.lines.at(-1)]).toEqual([0, "All counters agree with the ledger."]);
  } finally {
    load.on = false;
    await joining;
  }

  for (const metric of ["direct", "qualified", "team"] as const) {
    const { json } = await api.get(`${path}?metric=${metric}&limit=100&fresh=true`);
    const rows = json.data.map(
      ({ rank, score, participant }: { rank: number; score: number; participant: { id: string } }) => [
        rank,
        score,
        participant.id,
      ],
    );
    const paper = boardOnPaper(people, metric).map(({ rank, score, id }) => [rank, score, id]);
    expect(rows).toEqual(paper.slice(0, 100));
    expect(json.totalParticipants).toBe(people.length);
  }
  await expectNoDifference(`file:${folder.path}/qrove.db`);
});

test("a rebuild of what is right changes nothing that is read", async () => {
  const api = await mintWorkspace(servers[0]?.url);
  const { campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 100 }] });
  const people: Known[] = [];
  for (let i = 0; i < 20; i++) await joinSomewhere(api, campaign.id, invite.code, people);
  const board = async () =>
    (await api.get(`/v1/campaigns/${campaign.id}/leaderboard?metric=team&fresh=true`)).json.data;
  const before = await board();
  const { code, lines } = await run("rebuild");
  expect(code).toBe(0);
  expect(lines).toContain(`- campaign ${campaign.id}: 3 boards built anew`);
  expect(await board()).toEqual(before);
});
