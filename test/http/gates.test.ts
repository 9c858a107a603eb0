import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { clearOfEnd, DAY } from "./support/clock.ts";

let api: Api;
beforeAll(async () => {
  await clearOfEnd(DAY);
  api = await mintWorkspace();
});

const title = (value: string[]) => ({ kind: "answer", field: "title", label: "Title", op: "in", value });

/** Somebody stands at the gate of a campaign with an answer. */
const stand = (campaign: string, invite: string, answer: string) =>
  made(joinBy(api, campaign, invite, newIdentity(), { answers: { title: answer } }));

/** A campaign whose first version asks for nothing, and its second one for a title. */
async function twoVersions() {
  const { campaign, invite } = await mintCampaign(api);
  const free = await stand(campaign.id, invite.code, "");
  await made(api.patch(`/v1/campaigns/${campaign.id}`, { gate: title(["CEO", "CTO"]) }));
  const [ceo, cto] = [
    await stand(campaign.id, invite.code, "CEO"),
    await stand(campaign.id, invite.code, "CTO"),
  ];
  const clerk = await stand(campaign.id, invite.code, "Clerk");
  return { campaign, invite, free, ceo, cto, clerk };
}

describe("a gate's versions", () => {
  test("stand as they were, newest first, by pages", async () => {
    const { campaign } = await twoVersions();
    const path = `/v1/campaigns/${campaign.id}/gates`;
    const { data, next } = await made(api.get(path));
    expect(data.map(({ version, gate }: { version: number; gate: unknown }) => [version, gate])).toEqual([
      [2, title(["CEO", "CTO"])],
      [1, null],
    ]);
    expect(next).toBeNull();
    const first = await made(api.get(`${path}?limit=1`));
    const second = await made(api.get(`${path}?limit=1&cursor=${first.next}`));
    expect([first.data[0].version, second.data[0].version, second.next]).toEqual([2, 1, null]);
    const back = await made(api.get(`${path}?limit=1&cursor=${second.previous}`));
    expect(back.data[0].version).toBe(2);
    expectProblem(await api.get(`${path}?cursor=x`), 400, "invalid_request");
  });

  test("a change of the gate changes no decision that was made", async () => {
    const { campaign, invite, free, ceo } = await twoVersions();
    await made(api.patch(`/v1/campaigns/${campaign.id}`, { gate: title(["Nobody"]) }));
    for (const { participant } of [free, ceo]) {
      expect((await made(api.get(`/v1/participants/${participant.id}`))).leftAt).toBeNull();
    }
    expect((await stand(campaign.id, invite.code, "CEO")).outcome).toBe("rejected");
  });
});

describe("a dry run", () => {
  test("judges a draft on what is supposed, and says what would be enough", async () => {
    const { campaign } = await mintCampaign(api);
    const run = (body: object) => api.post(`/v1/campaigns/${campaign.id}/gate/dry-run`, body);
    const draft = { all: [title(["CEO"]), { any: [{ kind: "accessCode" }, { kind: "review" }] }] };
    const no = await made(run({ gate: draft, facts: { answers: { title: "CEO" } } }));
    expect(no.result).toBe("pending");
    expect(no.reasons.map(({ code, enough }: { code: string; enough: boolean }) => [code, enough])).toEqual([
      ["acknowledged", false],
      ["answer_accepted", false],
      ["code_missing", false],
      ["review_needed", true],
    ]);
    const yes = await made(run({ gate: draft, facts: { answers: { title: "CEO" }, accessCode: "valid" } }));
    expect([yes.result, yes.applicants]).toEqual(["pass", null]);
    const reviewed = { answers: { title: "CEO" }, reviews: { default: "approved" } };
    expect((await made(run({ gate: draft, facts: reviewed }))).result).toBe("pass");
    for (const accessCode of ["unknown", "expired", "used_up", "revoked"]) {
      const { result } = await made(run({ gate: { kind: "accessCode" }, facts: { accessCode } }));
      expect(result, accessCode).toBe("fail");
    }
  });

  test("tells which of the last applicants would change, and changes nothing", async () => {
    const { campaign, ceo, cto } = await twoVersions();
    const before = await made(api.get(`/v1/campaigns/${campaign.id}/gate/report`));
    const body = { gate: title(["CEO", "Clerk"]), lastApplicants: 10 };
    const { applicants } = await made(api.post(`/v1/campaigns/${campaign.id}/gate/dry-run`, body));
    // Whoever came by the version that asks for nothing left no facts behind.
    expect([applicants.evaluated, applicants.unreadable]).toEqual([3, 0]);
    expect([applicants.before, applicants.after]).toEqual([
      { pass: 2, fail: 1, pending: 0 },
      { pass: 2, fail: 1, pending: 0 },
    ]);
    const changes = applicants.changes.map((one: Record<string, unknown>) => [
      one["participantId"],
      one["from"],
      one["to"],
    ]);
    expect(changes).toEqual([
      [null, "fail", "pass"],
      [cto.participant.id, "pass", "fail"],
    ]);
    expect(JSON.stringify(applicants)).not.toContain(ceo.participant.id);
    const after = await made(api.get(`/v1/campaigns/${campaign.id}/gate/report`));
    expect(after.leaves).toEqual(before.leaves);
  });

  test("reads what the draft needs and nobody needed before", async () => {
    const { campaign } = await twoVersions();
    const body = { gate: { kind: "review" }, lastApplicants: 2 };
    const { applicants } = await made(api.post(`/v1/campaigns/${campaign.id}/gate/dry-run`, body));
    expect([applicants.evaluated, applicants.after]).toEqual([2, { pass: 0, fail: 0, pending: 2 }]);
  });

  test("takes facts or applicants, of the own campaign", async () => {
    const { campaign } = await mintCampaign(api);
    const path = `/v1/campaigns/${campaign.id}/gate/dry-run`;
    const gate = { kind: "accessCode" };
    expectProblem(await api.post(path, { gate }), 400, "invalid_request");
    expectProblem(await api.post(path, { gate, facts: {}, lastApplicants: 1 }), 400, "invalid_request");
    expectProblem(await api.post(path, { gate, lastApplicants: 201 }), 400, "invalid_request");
    expectProblem(await (await mintWorkspace()).post(path, { gate, facts: {} }), 404, "not_found");
  });
});

describe("the report on a gate", () => {
  test("counts each leaf, who gave up, and joins and leaves by version", async () => {
    const { campaign, ceo } = await twoVersions();
    await made(api.post(`/v1/participants/${ceo.participant.id}/leave`));
    const report = await made(api.get(`/v1/campaigns/${campaign.id}/gate/report`));
    const asked = report.leaves.map((leaf: Record<string, unknown>) =>
      ["gateVersion", "criterion", "asked", "passed", "failed", "pending", "gaveUp"].map(
        (name) => leaf[name],
      ),
    );
    expect(asked).toEqual([
      [2, "acknowledgement", 3, 3, 0, 0, 0],
      [2, "answer", 3, 2, 1, 0, 1],
      [1, "acknowledgement", 1, 1, 0, 0, 0],
    ]);
    const versions = report.versions.map((one: Record<string, unknown>) =>
      ["gateVersion", "gated", "joined", "left"].map((name) => one[name]),
    );
    expect(versions).toEqual([
      [1, false, 1, 0],
      [2, true, 2, 1],
    ]);
    expect(report.versions[1].lossRate).toMatchObject({ value: 0.5, numerator: 1, denominator: 2 });
    expect(report.days.length).toBe(2);
  });

  test("is of a period that makes sense", async () => {
    const { campaign } = await mintCampaign(api);
    const path = `/v1/campaigns/${campaign.id}/gate/report`;
    expectProblem(
      await api.get(`${path}?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z`),
      400,
      "invalid_request",
    );
    expectProblem(
      await api.get(`${path}?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z`),
      400,
      "invalid_request",
    );
    const empty = await made(api.get(`${path}?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`));
    expect([empty.leaves, empty.versions, empty.days]).toEqual([[], [], []]);
  });
});
