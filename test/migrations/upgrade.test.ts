import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getPlatformProxy } from "wrangler";
import { formatId } from "../../src/domain/id.ts";
import type { Actor } from "../../src/domain/key.ts";
import { buildPorts } from "../../src/runtime/build-ports.ts";
import { parseConfig } from "../../src/runtime/config.ts";
import { type D1, d1Driver } from "../../src/runtime/database/d1.ts";
import { openFile } from "../../src/runtime/database/libsql-file.ts";
import { readLeaderboard } from "../../src/services/boards.ts";
import { keepCounts } from "../../src/services/counting.ts";
import { readCampaignFunnel, readCampaignGrowth } from "../../src/services/growth.ts";
import type { Driver } from "../../src/store/db.ts";
import { createDb } from "../../src/store/db.ts";
import { findDifferences } from "../../src/store/verify.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { temporaryFolder } from "../support/processes.ts";
import { CAMPAIGN, SEED, seedStatements, WORKSPACE } from "./seed.ts";

/** Migrations that were there when the seed was written. */
const BEFORE = 2;

const migrations = readdirSync("migrations")
  .filter((name) => name.endsWith(".sql"))
  .sort();

const migrate = async (driver: Driver, names: readonly string[]) => {
  for (const name of names) {
    for (const sql of readFileSync(`migrations/${name}`, "utf8").split("--> statement-breakpoint"))
      if (sql.trim() !== "") await driver([{ sql, params: [] }], "write");
  }
};

const ENGINES: Record<string, () => Promise<{ driver: Driver; close: () => Promise<void> }>> = {
  "an embedded file": async () => {
    const folder = await temporaryFolder();
    const file = openFile(`file:${folder.path}/old.db`);
    return {
      driver: file.driver,
      close: async () => {
        file.close();
        await folder.remove();
      },
    };
  },
  D1: async () => {
    const folder = await temporaryFolder();
    const persist = { path: folder.path };
    const { env, dispose } = await getPlatformProxy<{ DB: D1 }>({ configPath: "./wrangler.toml", persist });
    return {
      driver: d1Driver(env.DB),
      close: async () => {
        await dispose();
        await folder.remove();
      },
    };
  },
};

describe.each(Object.entries(ENGINES))("an upgrade of %s", (_, open) => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    opened = await open();
    await migrate(opened.driver, migrations.slice(0, BEFORE));
    for (const statement of seedStatements()) await opened.driver([statement], "write");
    await migrate(opened.driver, migrations.slice(BEFORE));
  });
  afterAll(() => opened.close());

  test("loses no row", async () => {
    for (const [table, rows] of Object.entries(SEED)) {
      const [counted] = await opened.driver([{ sql: `SELECT count(*) FROM "${table}"`, params: [] }], "read");
      // Scores are a cache, made anew from the ledger.
      expect(Number(counted?.[0]?.[0]), table).toBe(table === "scores" ? 0 : rows.length);
    }
  });

  const callNow = () => {
    const ports = buildPorts(parseConfig(TEST_ENV), opened.driver, TEST_ENV.QROVE_SECRET);
    const actor: Actor = {
      keyId: "key_00000000001",
      workspaceId: formatId("workspace", WORKSPACE),
      scopes: ["admin"],
      campaignId: null,
      owner: false,
    };
    return { ports, actor };
  };

  test("has the figures that the ledger gives, counted while it serves", async () => {
    const call = callNow();
    const campaign = formatId("campaign", CAMPAIGN);
    const figures = async () => {
      const { steps } = await readCampaignFunnel(call, campaign, {}, {});
      const { generations } = await readCampaignGrowth(call, campaign, { by: "day" });
      return [
        steps.map(({ step, people }) => `${step} ${people}`),
        generations.map(({ generation, people, k }) => [generation, people, k.numerator]),
      ];
    };
    const counted = await figures();
    expect(counted[1]).toEqual([
      [0, 1, 1],
      [1, 1, 1],
      [2, 1, 1],
      [3, 1, 0],
    ]);
    expect(counted[0]).toEqual(expect.arrayContaining(["joined 4", "present 3"]));
    await keepCounts(call.ports);
    expect(await figures()).toEqual(counted);
    expect(await findDifferences(createDb(opened.driver))).toEqual([]);
  });

  test("has the boards that the ledger gives, with everything as it was", async () => {
    const call = callNow();
    const board = async (metric: "direct" | "qualified" | "team") =>
      (await readLeaderboard(call, formatId("campaign", CAMPAIGN), { metric, limit: 10 })).data.map(
        ({ rank, score, participant }) => [rank, score, participant.displayName],
      );
    expect(await board("direct")).toEqual([
      [1, 1, "person 0"],
      [1, 1, "person 1"],
      [1, 1, "person 2"],
    ]);
    expect(await board("qualified")).toEqual([
      [1, 1, "person 0"],
      [1, 1, "person 1"],
    ]);
    expect(await board("team")).toEqual([
      [1, 3, "person 0"],
      [2, 2, "person 1"],
      [3, 1, "person 2"],
    ]);
    expect(await findDifferences(createDb(opened.driver))).toEqual([]);
  });
});
