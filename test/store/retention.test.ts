import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { gate } from "../../src/domain/gate.ts";
import type { Id } from "../../src/domain/id.ts";
import { forgetOldFacts } from "../../src/services/gates.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { keepApplications } from "../../src/services/reapplying.ts";
import { decideReview, getReview, listReviews } from "../../src/services/reviews.ts";
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
