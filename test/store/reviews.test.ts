import { expect, test } from "vitest";
import { gate } from "../../src/domain/gate.ts";
import { readAudit } from "../../src/services/audit.ts";
import { joinByServer } from "../../src/services/joins.ts";
import { decideReview, listReviews } from "../../src/services/reviews.ts";
import { type Clock, openCampaign, openPorts } from "../support/ports.ts";

test("a case that is opened is in the trail once, however often it is asked for in the same instant", async () => {
  const clock: Clock = { now: Date.now() };
  const { call, close } = await openPorts(clock);
  const leaf = { kind: "review", reapplyLimit: 1, reapplyAfterHours: 0 };
  const { campaign, invite } = await openCampaign(call, [10], gate.parse(leaf));
  const identity = { type: "email", value: "again@example.com" } as const;
  const sent = { invite: invite.code, identity, acknowledged: true, answers: {} };
  const apply = () => joinByServer(call, campaign.id, sent, "en");
  const trail = async () =>
    (await readAudit(call, campaign.id, { limit: 100, kind: "review.opened" })).data.map(({ data }) => data);
  for (let n = 0; n < 3; n++) expect((await apply()).outcome).toBe("pending");
  const opened = { kind: "entry", queue: "default" };
  expect(await trail()).toEqual([{ ...opened, tries: 1 }]);
  const [review] = (await listReviews(call, campaign.id, { limit: 10 })).data;
  await decideReview(call, review?.id ?? "", "rejected", { reason: "not yet" });
  clock.now += 1000;
  for (let n = 0; n < 3; n++) await apply();
  expect(await trail()).toEqual([
    { ...opened, tries: 2 },
    { ...opened, tries: 1 },
  ]);
  await close();
});
