import { afterAll, beforeAll, expect, test } from "vitest";
import { buildPorts } from "../../src/runtime/build-ports.ts";
import { parseConfig } from "../../src/runtime/config.ts";
import { openDatabase } from "../../src/runtime/database/node.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { bootstrap } from "../../src/services/keys.ts";
import { leaveCampaign, rejoinCampaign } from "../../src/services/membership.ts";
import {
  disqualifyParticipant,
  moveParticipant,
  removeParticipant,
  restoreParticipant,
  voidReferral,
} from "../../src/services/standing.ts";
import { FOREVER } from "../../src/domain/board.ts";
import { readBoard } from "../../src/store/board.ts";
import { readPlace } from "../../src/store/board-place.ts";
import { listInvites } from "../../src/store/invites.ts";
import type { Driver, Rows, Statement } from "../../src/store/db.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { openCampaign } from "../support/ports.ts";
import { temporaryFolder } from "../support/processes.ts";

/** Tables that grow with the people of an installation, and the names that statements give them. */
const LARGE = /^SCAN (participants|members|ledger|invites|evaluations|credits|tallies|p|q|l)\b/;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: Awaited<ReturnType<typeof openDatabase>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  database = await openDatabase(`file:${folder.path}/qrove.db`, null, "migrations");
});
afterAll(async () => {
  database.close();
  await folder.remove();
});

const planOf = async ({ sql, params }: Statement): Promise<string[]> => {
  // Of a statement that ends in LIMIT 1 the driver fetches one row, and a plan has many.
  const [rows] = await database.driver([{ sql: `EXPLAIN QUERY PLAN ${sql} `, params }], "read");
  return (rows as Rows).map((row) => String(row[3]));
};

test("joins, together and alone, and what is done to people change them by their ids and by indexes", async () => {
  const updates = new Map<string, Statement>();
  const watch = (statements: readonly Statement[]) => {
    for (const one of statements) if (/^\s*(WITH.*)?UPDATE\b/s.test(one.sql)) updates.set(one.sql, one);
  };
  const watched: Driver = (statements, mode) => (watch(statements), database.driver(statements, mode));
  watched.merge = (batch) => {
    const merge = database.driver.merge as NonNullable<Driver["merge"]>;
    const alone = () => (watch(batch.alone()), batch.alone());
    return merge({
      ...batch,
      alone,
      merge: (all) => {
        const made = batch.merge(all);
        watch(made.statements);
        return made;
      },
    });
  };
  const ports = buildPorts(parseConfig(TEST_ENV), watched, TEST_ENV.QROVE_SECRET);
  const first = await bootstrap(ports);
  const call = { ports, actor: { ...first, scopes: ["admin"], campaignId: null, owner: true } } as never;
  const { campaign, invite } = await openCampaign(call, [100]);
  const join = async (value: string, code: string) => {
    const identity = { type: "custom" as const, value };
    const input = { invite: code, identity, acknowledged: true, answers: {} };
    const { participant } = await joinByServer(call, campaign.id, input, "en");
    return { id: participant?.id ?? "", code: participant?.inviteCode ?? "" };
  };
  const [root, other] = (await Promise.all([join("a", invite.code), join("b", invite.code)])) as [
    Awaited<ReturnType<typeof join>>,
    Awaited<ReturnType<typeof join>>,
  ];
  const friend = await join("c", root.code);
  await moveParticipant(call, friend.id, { inviterId: other.id, cause: "asked" });
  await leaveCampaign(call, friend.id);
  await rejoinCampaign(call, friend.id);
  await voidReferral(call, friend.id, { cause: "asked" });
  await removeParticipant(call, friend.id, { cause: "asked" });
  await restoreParticipant(call, friend.id, { cause: "asked" });
  await disqualifyParticipant(call, other.id, { cause: "asked" }, true);

  const plans = await Promise.all([...updates.values()].map(planOf));
  const found = [...updates.keys()].map((sql) => sql.replaceAll(/\s+/g, " "));
  for (const what of ["UPDATE groups SET used", "UPDATE participants AS q SET level_shift", "UPDATE folds"])
    expect(
      found.some((sql) => sql.includes(what)),
      what,
    ).toBe(true);
  const scans = found.flatMap((sql, at) =>
    (plans[at] ?? []).filter((line) => LARGE.test(line)).map((line) => `${line}: ${sql.slice(0, 120)}`),
  );
  expect(scans).toEqual([]);
});

/** The tenant's reads of the database, and how it goes about them. */
function watchedReads() {
  const reads: Statement[] = [];
  const watched: Driver = (statements, mode) => (
    reads.push(...statements),
    database.driver(statements, mode)
  );
  const { db } = buildPorts(parseConfig(TEST_ENV), watched, TEST_ENV.QROVE_SECRET);
  const plansOf = async (read: () => Promise<unknown>) => {
    reads.length = 0;
    await read();
    return (await Promise.all(reads.map(planOf))).flat();
  };
  return { db, tenant: { workspaceId: "wsp_00000000001", campaignId: null }, plansOf };
}

test("a marketer's invites are listed without a look at those of the members, however many there are", async () => {
  const { db, tenant, plansOf } = watchedReads();
  const plansFor = async (kind: "channel" | "member" | undefined) => {
    const plans = await plansOf(() =>
      listInvites(db, tenant, "cmp_00000000001", kind, { limit: 10, position: null }),
    );
    return plans.filter((line) => /\binvites\b/.test(line));
  };
  expect(await plansFor("channel")).toEqual([expect.stringContaining("invites_channel (campaign_id=?)")]);
  expect(await plansFor(undefined)).toEqual([expect.stringContaining("invites_campaign (campaign_id=?)")]);
});

test("a board is found by its name, however many a campaign has", async () => {
  const { db, tenant, plansOf } = watchedReads();
  const name = { metric: "direct", startsAt: 0, endsAt: FOREVER, filter: "" };
  const ask = { ...name, campaignId: "cmp_00000000001", now: 0, limit: 10, from: null, around: null };
  const plans = [
    await plansOf(() => readBoard(db, tenant, ask)),
    await plansOf(() => readPlace(db, tenant, "ptc_00000000001", "direct", 0)),
  ];
  const byName =
    "COVERING INDEX boards_campaign (campaign_id=? AND state=? AND metric=? AND starts_at=? AND ends_at=? AND filter=?)";
  for (const plan of plans) {
    // Its final one, the live one, and one that is being built.
    const looks = plan.filter((line) => /\bboards_|SCAN b\b/.test(line));
    expect(looks).toEqual(Array.from({ length: 3 }, () => expect.stringContaining(byName)));
  }
});
