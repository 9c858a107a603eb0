import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../../src/runtime/database/node.ts";
import { createDb } from "../../src/store/db.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { type Answer, type Api, apiWith, joinBy, mintCampaign, mintWorkspace } from "../support/api.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { inParallel, whenNotBusy } from "../support/load.ts";
import {
  hasLibsqlServer,
  type Running,
  startLibsqlServer,
  startNodeServer,
  temporaryFolder,
} from "../support/processes.ts";

const PROCESSES = 4;
const CONNECTIONS = 64;
const PEOPLE = 1000;

type Stage = { databaseUrl: string; env: Record<string, string>; end: () => Promise<void> };

const stages: Record<string, () => Promise<Stage>> = {
  "one file": async () => {
    const folder = await temporaryFolder();
    return {
      databaseUrl: `file:${folder.path}/qrove.db`,
      env: { QROVE_DATA: folder.path },
      end: folder.remove,
    };
  },
};
if (hasLibsqlServer()) {
  stages["one libSQL server"] = async () => {
    const { url, stop } = await startLibsqlServer();
    return { databaseUrl: url, env: { DATABASE_URL: url }, end: stop };
  };
}

const people = Array.from({ length: PEOPLE }, (_, i) => ({ type: "email", value: `racer${i}@example.com` }));

describe.each(Object.entries(stages))("1,000 joins at once by four processes on %s", (_name, open) => {
  let stage: Stage;
  let servers: Running[];
  beforeAll(async () => {
    stage = await open();
    servers = [];
    for (let i = 0; i < PROCESSES; i++) servers.push(await startNodeServer({ ...TEST_ENV, ...stage.env }));
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await stage.end();
  });

  /** Everybody joins, the processes in turn, 64 connections in all. */
  const everybody = (api: Api, campaign: { id: string }, code: string): Promise<Answer[]> =>
    inParallel(people, CONNECTIONS, (identity, i) =>
      whenNotBusy(() => joinBy(apiWith(api.key, servers[i % PROCESSES]?.url), campaign.id, code, identity)),
    );

  test("exactly the seats are given, and a retry of all changes nothing", async () => {
    const api = await mintWorkspace(servers[0]?.url);
    const groups = [{ capacity: 100 }, { capacity: 100 }, { capacity: 100 }];
    const { campaign, community, invite } = await mintCampaign(api, { groups });
    const seats = async () => {
      const { json } = await api.get(`/v1/communities/${community.id}/groups`);
      return json.data.map(({ used }: { used: number }) => used);
    };

    const first = await everybody(api, campaign, invite.code);
    const outcomes: Record<string, number> = {};
    for (const { status, json } of first) {
      const outcome = status === 200 ? json.outcome : `${status} ${json?.code}`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    expect(outcomes).toEqual({ joined: 300, waitlisted: 700 });
    expect(await seats()).toEqual([100, 100, 100]);
    const places = first.flatMap(({ json }) => (json.waitlist ? [json.waitlist.position] : []));
    expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 700 }, (_, i) => i + 1));

    const again = await everybody(api, campaign, invite.code);
    again.forEach(({ status, json }, i) => {
      const before = first[i]?.json;
      expect(status).toBe(200);
      expect(json).toEqual(
        before.outcome === "joined" ? { ...before, outcome: "already_joined", reasons: [] } : before,
      );
    });
    expect(await seats()).toEqual([100, 100, 100]);

    const database = await openDatabase(stage.databaseUrl, null, "migrations");
    const differences = await findDifferences(createDb(database.driver));
    database.close();
    expect(differences).toEqual([]);
  });
});
