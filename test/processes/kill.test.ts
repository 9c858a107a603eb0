import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../src/runtime/database/node.ts";
import { createDb } from "../../src/store/db.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Api, apiWith, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { inParallel } from "../support/load.ts";
import { type Running, startNodeServer, temporaryFolder } from "../support/processes.ts";

const KILLS = 20;
const CONNECTIONS = 16;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const start = (): Promise<Running> => startNodeServer({ ...TEST_ENV, QROVE_DATA: folder.path });
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

test("kill -9 in mid-load, 20 times: every answered join is there, and the counters are the ledger's", async () => {
  let server = await start();
  const api = await mintWorkspace(server.url);
  const { campaign, invite } = await mintCampaign(api, { groups: [{ capacity: 100_000 }] });
  const answered = new Map<string, { id: string; code: string }>();
  let codes: string[] = [invite.code];
  let unanswered = 0;

  for (let kill = 0; kill < KILLS; kill++) {
    const here = apiWith(api.key, server.url);
    const wanted = answered.size + 30 + kill * 3;
    let over = false;
    const lanes = inParallel(Array.from({ length: 2000 }), CONNECTIONS, async (_, i) => {
      if (over) return;
      const identity = newIdentity();
      const answer = await joinBy(here, campaign.id, codes[i % codes.length] as string, identity).catch(
        () => null,
      );
      if (answer === null) unanswered++;
      else if (answer.json?.outcome === "joined") {
        answered.set(identity.value, { id: answer.json.participant.id, code: answer.json.invite.code });
        codes = [...codes.slice(-20), answer.json.invite.code];
      } else expect(over).toBe(true);
      if (answered.size >= wanted && !over) {
        over = true;
        await server.kill();
      }
    });
    await lanes;
    server = await start();
    await expectAllThere(apiWith(api.key, server.url), campaign.id, answered);
  }
  // A kill that interrupts nothing proves nothing.
  expect(unanswered).toBeGreaterThan(KILLS);
  await server.stop();

  const database = await openDatabase(`file:${folder.path}/qrove.db`, null, "migrations");
  const differences = await findDifferences(createDb(database.driver));
  database.close();
  expect(differences).toEqual([]);
});

/** Every participant that was answered is listed, with the invite that was answered. */
async function expectAllThere(
  api: Api,
  campaignId: string,
  answered: Map<string, { id: string; code: string }>,
) {
  const listed = new Set<string>();
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page = await api.get(`/v1/campaigns/${campaignId}/participants?limit=100${query}`);
    for (const { id } of page.json.data) listed.add(id);
    cursor = page.json.next;
  }
  const missing = [...answered.values()].filter(({ id }) => !listed.has(id));
  expect(missing).toEqual([]);
}
