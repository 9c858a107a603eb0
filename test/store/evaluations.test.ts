import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { type Id, parseId } from "../../src/domain/id.ts";
import { dryRun, readReport } from "../../src/services/gates.ts";
import { readCampaignFunnel } from "../../src/services/growth.ts";
import { hashIdentity } from "../../src/services/identities.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { findCheckOf } from "../../src/store/checks/due.ts";
import { call, clock, HOUR, identityOf, open, profile, type World, write } from "./rechecks-world.ts";

const ANSWER = { kind: "answer", field: "why", label: "Why", type: "text", op: "eq", value: "friends" };
const level = (min: number) => ({ kind: "level", min, recheck: true });
const GATE = { all: [ANSWER, { any: [level(9), level(3)] }] };

/** Somebody of level 3 stands at the gate with their answer. */
async function answers({ campaign, code }: World, value: string, why: string) {
  const input = { invite: code, identity: identityOf(value), acknowledged: true, answers: { why } };
  const { outcome, participant } = await joinByServer(call, campaign.id, input, "en");
  return { outcome, id: participant?.id as Id };
}

/** Under what evaluations are kept, how often they were tried, and what came of it. */
async function kept({ campaign }: World) {
  const { db } = call.ports;
  const own = sql`SELECT e.identity_hash, e.tries, e.result FROM evaluations e
    WHERE e.campaign_id = ${parseId("campaign", campaign.id)} ORDER BY e.id`;
  const [rows] = await db.read([db.q.all<[string, number, string]>(own)]);
  return rows;
}

const hashOf = (value: string) => hashIdentity(call.ports, call.actor.workspaceId, identityOf(value));

/** All that is read of evaluations: by people, leaf by leaf, and as figures. */
async function told({ campaign }: World, ids: Id[]) {
  const tenant = { workspaceId: call.actor.workspaceId, campaignId: null };
  const draft = { kind: "answer", field: "why", label: "Why", type: "text", op: "eq", value: "work" };
  const tried = await dryRun(call, campaign.id, { gate: draft as never, lastApplicants: 10 }, "en");
  const report = await readReport(call, campaign.id, {});
  const funnel = await readCampaignFunnel(call, campaign.id, {}, {});
  return {
    leaves: await Promise.all(ids.map(async (id) => (await findCheckOf(call.ports.db, tenant, id))?.leaves)),
    applicants: tried.applicants && {
      ...tried.applicants,
      changes: new Set(tried.applicants.changes.map(({ participantId }) => participantId)),
    },
    report: report.leaves,
    gate: funnel.steps.filter(({ step }) => step === "gate" || step === "passed"),
  };
}

test("whoever comes in at once is kept by participant, who tried before by hash, and both are read alike", async () => {
  const world = await open({}, { gate: GATE });
  for (const name of ["Ann", "Bo", "Cy"]) await profile(world, name, { level: 3 });
  const ann = await answers(world, "Ann", "friends");
  expect(await answers(world, "Bo", "money")).toMatchObject({ outcome: "rejected" });
  expect(await answers(world, "Cy", "money")).toMatchObject({ outcome: "rejected" });
  clock.now += HOUR;
  const bo = await answers(world, "Bo", "friends");
  expect([ann.outcome, bo.outcome]).toEqual(["joined", "joined"]);
  const [boHash, cyHash] = [await hashOf("Bo"), await hashOf("Cy")];
  const byAnn = `~${parseId("participant", ann.id)}`;
  expect(await kept(world)).toEqual([
    [byAnn, 1, "pass"],
    [boHash, 2, "pass"],
    [cyHash, 1, "fail"],
  ]);
  // Who is in already is not judged again.
  expect(await answers(world, "Ann", "money")).toMatchObject({ outcome: "already_joined" });
  expect(await kept(world)).toHaveLength(3);

  const now = await told(world, [ann.id, bo.id]);
  const results = [1, 2].map(() => ["pass", "pass", "pending", "pass"]);
  expect(now.leaves.map((all) => all?.map(({ result }) => result))).toEqual(results);
  expect(now.applicants).toMatchObject({
    evaluated: 3,
    unreadable: 0,
    before: { pass: 2, fail: 1 },
    after: { pass: 0, fail: 3 },
    changes: new Set([ann.id, bo.id]),
  });

  // Of the three whose level is no 9, one is not in.
  const [high] = now.report.filter(({ criterion, pending }) => criterion === "level" && pending > 0);
  expect(high).toMatchObject({ asked: 3, passed: 0, pending: 3, gaveUp: 1 });
  expect(now.gate.map(({ step, people }) => [step, people])).toEqual([
    ["gate", 3],
    ["passed", 2],
  ]);

  // A version before kept everybody by hash: what it wrote is read as what is written now.
  await write(
    sql`UPDATE evaluations SET identity_hash = ${await hashOf("Ann")} WHERE identity_hash = ${byAnn}`,
  );
  expect(await told(world, [ann.id, bo.id])).toEqual(now);
});
