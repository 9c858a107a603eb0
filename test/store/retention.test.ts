import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { gate } from "../../src/domain/gate.ts";
import type { Id } from "../../src/domain/id.ts";
import type { Ports } from "../../src/runtime/ports.ts";
import { getCheck } from "../../src/services/checks.ts";
import { hashContactCode } from "../../src/services/gate-facts.ts";
import { forgetOldFacts } from "../../src/services/gates.ts";
import { hashIdentity } from "../../src/services/identities.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { putMembers } from "../../src/services/members.ts";
import { listParticipants } from "../../src/services/participants.ts";
import { keepApplications } from "../../src/services/reapplying.ts";
import { keepChecks } from "../../src/services/rechecking.ts";
import { decideReview, getReview, listReviews } from "../../src/services/reviews.ts";
import { keepCode } from "../../src/store/contacts.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";

const DAY = 86_400_000;
const GATE = gate.parse({ kind: "review" });

test("what people sent is forgotten 90 days after the decision; the decision stays, and who waits loses nothing", async () => {
  const clock: Clock = { now: Date.parse("2026-01-01T00:00:00Z") };
  const { ports, call, close } = await openPorts(clock);
  const { campaign, invite } = await openCampaign(call, [10], GATE);
  const apply = (value: string) =>
    joinByServer(
      call,
      campaign.id,
      {
        invite: invite.code,
        identity: { type: "email", value },
        acknowledged: true,
        answers: { why: "curious" },
      },
      "en",
    );
  const kept = async () => {
    const count = (table: string, column: string) =>
      sql.raw(`(SELECT count(*) FROM ${table} WHERE ${column} <> '')`);
    const [rows] = await ports.db.read([
      ports.db.q.all<[number, number, number]>(
        sql`SELECT ${count("evaluations", "facts")} AS a, ${count("applications", "sealed")} AS b, ${count("reviews", "evidence")} AS c`,
      ),
    ]);
    return rows[0]?.map(Number);
  };
  for (const name of ["in", "out", "open"]) {
    expect((await apply(`${name}@example.com`)).outcome).toBe("pending");
  }
  const ids = (await listReviews(call, campaign.id, { limit: 10 })).data.map(({ id }) => id) as [Id, Id, Id];
  const verdict = { reason: "as the test says" };
  await decideReview(call, ids[0], "approved", verdict);
  await decideReview(call, ids[1], "rejected", verdict);
  await keepApplications(ports);
  expect(await kept()).toEqual([3, 3, 3]);

  clock.now += 89 * DAY;
  await forgetOldFacts(ports);
  expect(await kept()).toEqual([3, 3, 3]);

  clock.now += 2 * DAY;
  await forgetOldFacts(ports);
  // What was judged is as old for those who wait; their form and their case are still to be decided on.
  expect(await kept()).toEqual([0, 1, 1]);
  const decided = await getReview(call, ids[0]);
  expect([decided.state, decided.reason, decided.evidence]).toEqual(["approved", "as the test says", null]);
  await decideReview(call, ids[2], "approved", verdict);
  await keepApplications(ports);
  expect((await apply("open@example.com")).outcome).toBe("already_joined");
  await close();
});

test("to whom codes were sent is forgotten 90 days after the last; who showed theirs needs no other", async () => {
  // Ids are made by the machine's own clock.
  const clock: Clock = { now: Date.now() };
  const opened = await openPorts(clock);
  const ports: Ports = { ...opened.ports, abilities: new Set(["email"]) };
  const call = { ...opened.call, ports };
  const { workspaceId } = call.actor;
  const leaves = [
    { kind: "verifiedContact", types: ["email"] },
    { kind: "level", min: 1, recheck: true },
  ];
  const { campaign, community, invite } = await openCampaign(call, [10], gate.parse({ all: leaves }));
  const identity = (name: string) => ({ type: "email" as const, value: `${name}@example.com` });
  const setLevel = (name: string, level: number) =>
    putMembers(call, community.id, { members: [{ identity: identity(name), level }] });
  const send = async (name: string) => {
    const identityHash = await hashIdentity(ports, workspaceId, identity(name));
    const codeHash = await hashContactCode(ports, campaign.id, identityHash, "123456");
    const { now } = clock;
    const whose = { workspaceId, campaignId: campaign.id, identityHash, codeHash };
    return keepCode(ports.db, { ...whose, id: ports.newId(), now, expiresAt: now + 1000 });
  };
  const come = async (name: string, contactCode?: string) => {
    const sent = { invite: invite.code, identity: identity(name), acknowledged: true, answers: {} };
    return joinByServer(call, campaign.id, { ...sent, contactCode }, "en");
  };
  const kept = async () => {
    const [rows] = await ports.db.read([ports.db.q.all<[number]>(sql`SELECT count(*) AS n FROM contacts`)]);
    return Number(rows[0]?.[0]);
  };
  for (const name of ["in", "waits", "again", "never"]) expect(await send(name)).toBe(true);
  await setLevel("in", 1);
  const joined = await come("in", "123456");
  expect(joined.outcome).toBe("joined");
  expect((await come("waits", "123456")).outcome).toBe("pending");
  const memberOf = () => getCheck(call, joined.participant?.id ?? "");
  await keepChecks(ports);

  clock.now += 60 * DAY;
  expect(await send("again")).toBe(true);
  clock.now += 29 * DAY;
  await forgetOldFacts(ports);
  expect(await kept()).toBe(4);
  clock.now += 2 * DAY;
  await forgetOldFacts(ports);
  expect(await kept()).toBe(1);

  await setLevel("in", 0);
  await keepChecks(ports);
  const unmet = await memberOf();
  expect([unmet.state, unmet.leaves?.map(({ criterion }) => criterion)]).toEqual(["warned", ["level"]]);
  await setLevel("in", 2);
  await keepChecks(ports);
  expect((await memberOf()).state).toBe("passing");
  await setLevel("waits", 1);
  await keepApplications(ports);
  expect((await listParticipants(call, campaign.id, { limit: 10 })).data).toHaveLength(2);

  expect((await come("never", "123456")).outcome).toBe("rejected");
  expect(await send("never")).toBe(true);
  clock.now += 90 * DAY;
  await forgetOldFacts(ports);
  expect(await kept()).toBe(1);
  await opened.close();
});
