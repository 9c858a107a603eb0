import { beforeAll, describe, expect, test } from "vitest";
import { type Api, apiWith, joinBy, mintWorkspace } from "../support/api.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";
import { applyTo, mintReviewed, pageOf, until } from "./support/reviews.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const keyWith = async (scopes: string[], more = {}): Promise<Api> =>
  apiWith((await made(api.post("/v1/keys", { name: "reviewer", scopes, ...more }))).key);

const auditOf = async (campaignId: string, query = "") =>
  (await made(api.get(`/v1/campaigns/${campaignId}/audit?limit=100${query}`))).data;

describe("a case", () => {
  test("shows what was sent, and since when it waits, to a key that may decide", async () => {
    const world = await mintReviewed(api, { label: "Board" }, { review: { slaHours: 2 } });
    const { review, identity, applicationId } = await applyTo(api, world);
    expect(review).toMatchObject({
      kind: "entry",
      queue: "default",
      state: "open",
      tries: 1,
      applicationId,
      participantId: null,
      overdue: false,
      assignee: null,
      decidedAt: null,
      decidedBy: null,
      reason: null,
      evidence: {
        identity,
        displayName: "Wei",
        answers: {},
        statement: null,
        leaves: [
          { criterion: "acknowledgement", result: "pass" },
          { criterion: "review", result: "pending" },
        ],
      },
    });
    expect(Date.parse(review.dueAt) - Date.parse(review.openedAt)).toBe(2 * 3_600_000);
    expect(review.ageSeconds).toBeLessThan(60);
    expect(await made(api.get(`/v1/reviews/${review.id}`))).toMatchObject({
      id: review.id,
      evidence: { identity },
    });
    const reader = await keyWith(["read"]);
    const seen = await made(reader.get(`/v1/reviews/${review.id}`));
    expect(seen).toMatchObject({ id: review.id, state: "open", evidence: null });
    expect(JSON.stringify(seen)).not.toContain(identity.value);
    expectProblem(await reader.post(`/v1/reviews/${review.id}/approve`), 403, "forbidden");
  });

  test("that is approved lets the person in, who does nothing; and stands in the trail", async () => {
    const world = await mintReviewed(api);
    const { review, path } = await applyTo(api, world);
    expect(await pageOf(path)).toMatchObject({ state: "pending", pass: null, decisionBy: review.dueAt });
    const approved = await made(api.post(`/v1/reviews/${review.id}/approve`));
    expect(approved).toMatchObject({ id: review.id, state: "approved", reason: null });
    const page = await until(
      () => pageOf(path),
      ({ state }) => state === "admitted",
    );
    expect(page.pass).toMatch(/\/p\//);
    const { data } = await made(api.get(`/v1/campaigns/${world.campaign.id}/participants`));
    expect(data).toHaveLength(1);
    expect(await auditOf(world.campaign.id)).toMatchObject([
      {
        kind: "review.approved",
        subject: review.id,
        actor: approved.decidedBy,
        reason: null,
        data: { kind: "entry", queue: "default", tries: 1 },
      },
      { kind: "review.opened", subject: review.id, actor: "gate" },
    ]);
  });

  test("that is rejected tells the person why", async () => {
    const world = await mintReviewed(api);
    const { review, path, identity } = await applyTo(api, world);
    await made(api.post(`/v1/reviews/${review.id}/reject`, { reason: "No names, please." }));
    const page = await until(
      () => pageOf(path),
      ({ state }) => state === "rejected",
    );
    const reason = page.reasons.find(({ criterion }: { criterion: string }) => criterion === "review");
    expect(reason).toMatchObject({ result: "fail", code: "review_rejected" });
    expect(reason.message).toContain("No names, please.");
    const again = await made(joinBy(api, world.campaign.id, world.invite.code, identity));
    expect(again).toMatchObject({ outcome: "rejected", participant: null });
  });

  test("is decided once: of many reviewers at once one decides, and the others read what stands", async () => {
    const world = await mintReviewed(api);
    const { review, path } = await applyTo(api, world);
    const keys = await Promise.all(Array.from({ length: 6 }, () => keyWith(["write"])));
    const verbs = ["approve", "reject"];
    const answers = await Promise.all(
      keys.map((key, i) => key.post(`/v1/reviews/${review.id}/${verbs[i % 2]}`, { reason: `by ${i}` })),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const stands = won[0]?.json;
    for (const lost of answers.filter((answer) => answer !== won[0])) {
      expectProblem(lost, 409, "review_decided");
      expect(lost.json.errors).toEqual([
        { path: "", code: stands.state, message: expect.stringContaining(stands.decidedBy) },
      ]);
      expect(lost.json.errors[0].message).toContain(stands.reason);
    }
    expect(await made(api.get(`/v1/reviews/${review.id}`))).toMatchObject({
      state: stands.state,
      reason: stands.reason,
      decidedBy: stands.decidedBy,
    });
    const decisions = (await auditOf(world.campaign.id)).filter(
      ({ kind }: { kind: string }) => kind !== "review.opened",
    );
    expect(decisions).toHaveLength(1);
    const state = stands.state === "approved" ? "admitted" : "rejected";
    await until(
      () => pageOf(path),
      (page) => page.state === state,
    );
  });

  test("the same decision again by the same key changes nothing; another one is refused", async () => {
    const world = await mintReviewed(api);
    const { review } = await applyTo(api, world);
    const path = `/v1/reviews/${review.id}`;
    const many = await Promise.all(
      Array.from({ length: 5 }, () => api.post(`${path}/reject`, { reason: "no" })),
    );
    for (const { status, json } of many)
      expect([status, json.decidedAt]).toEqual([200, many[0]?.json.decidedAt]);
    expectProblem(await api.post(`${path}/approve`), 409, "review_decided");
    expect(await auditOf(world.campaign.id, "&kind=review.rejected")).toHaveLength(1);
  });

  test("is given to a reviewer, and with `onlyIfFree` to one of those who reach for it", async () => {
    const world = await mintReviewed(api);
    const { review } = await applyTo(api, world);
    const path = `/v1/reviews/${review.id}/assign`;
    const answers = await Promise.all(
      ["Li", "Wu", "Xu"].map((assignee) => api.post(path, { assignee, onlyIfFree: true })),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const lost of answers.filter((answer) => answer !== won[0])) {
      expectProblem(lost, 409, "review_assigned");
    }
    expect(await made(api.post(path, { assignee: "Zhao" }))).toMatchObject({ assignee: "Zhao" });
    expect(await made(api.post(path, { assignee: null }))).toMatchObject({ assignee: null });
    const trail = await auditOf(world.campaign.id, "&kind=review.assigned");
    expect(trail.map(({ data }: { data: object }) => data)).toEqual([
      { from: "Zhao", to: null },
      { from: won[0]?.json.assignee, to: "Zhao" },
      { from: null, to: won[0]?.json.assignee },
    ]);
    await made(api.post(`/v1/reviews/${review.id}/reject`));
    expectProblem(await api.post(path, { assignee: "Li" }), 409, "review_decided");
  });

  test("is nobody's of another workspace, nor of a key for another campaign", async () => {
    const world = await mintReviewed(api);
    const other = await mintReviewed(api);
    const { review } = await applyTo(api, world);
    const stranger = await mintWorkspace();
    const bound = await keyWith(["write"], { campaignId: other.campaign.id });
    for (const key of [stranger, bound]) {
      expectProblem(await key.get(`/v1/reviews/${review.id}`), 404, "not_found");
      expectProblem(await key.get(`/v1/campaigns/${world.campaign.id}/reviews`), 404, "not_found");
      expectProblem(await key.get(`/v1/campaigns/${world.campaign.id}/audit`), 404, "not_found");
      for (const verb of ["approve", "reject"]) {
        expectProblem(await key.post(`/v1/reviews/${review.id}/${verb}`), 404, "not_found");
      }
      expectProblem(await key.post(`/v1/reviews/${review.id}/assign`, { assignee: "Li" }), 404, "not_found");
    }
    const decisions = [{ id: review.id, decision: "approve" }];
    const { data } = await made(bound.post(`/v1/campaigns/${other.campaign.id}/reviews/bulk`, { decisions }));
    expect(data).toMatchObject([
      { id: review.id, status: 404, review: null, problem: { code: "not_found" } },
    ]);
    const elsewhere = await made(api.post(`/v1/campaigns/${other.campaign.id}/reviews/bulk`, { decisions }));
    expect(elsewhere.data[0].status).toBe(404);
    expect(await made(api.get(`/v1/reviews/${review.id}`))).toMatchObject({ state: "open" });
  });
});

describe("the queue", () => {
  test("lists the oldest first, page by page, by state, queue, kind, reviewer and what is late", async () => {
    const gate = { all: [{ kind: "review" }, { kind: "review", queue: "legal" }] };
    const world = await mintReviewed(api, {}, { gate });
    const people = [];
    for (let i = 0; i < 3; i++) people.push((await applyTo(api, world)).applicationId);
    const path = `/v1/campaigns/${world.campaign.id}/reviews`;
    const list = async (query: string) => (await made(api.get(`${path}?${query}`))).data;
    const all = await list("limit=100");
    expect(all).toHaveLength(6);
    expect(all.map(({ id }: { id: string }) => id)).toEqual(all.map(({ id }: { id: string }) => id).sort());
    const legal = await list("queue=legal");
    expect(legal.map(({ applicationId }: { applicationId: string }) => applicationId)).toEqual(people);
    await made(api.post(`/v1/reviews/${legal[0].id}/assign`, { assignee: "Li" }));
    await made(api.post(`/v1/reviews/${legal[1].id}/reject`));
    expect(await list("state=open")).toHaveLength(5);
    expect(await list("state=rejected&queue=legal")).toHaveLength(1);
    expect(await list("assignee=Li")).toHaveLength(1);
    expect(await list("assignee=")).toHaveLength(5);
    expect(await list("kind=appeal")).toEqual([]);
    expect(await list("overdue=true")).toEqual([]);
    expect(await list("overdue=false&state=open&queue=default")).toHaveLength(3);
    const first = await made(api.get(`${path}?limit=4&state=open`));
    const rest = await made(api.get(`${path}?limit=4&state=open&cursor=${first.next}`));
    expect([first.data.length, rest.data.length, rest.next]).toEqual([4, 1, null]);
    for (const bad of ["state=shut", "kind=x", "overdue=1", "queue=".padEnd(80, "x")]) {
      expect((await api.get(`${path}?${bad}`)).status).toBe(400);
    }
  });

  test("decides many at once, each with its own result", async () => {
    const world = await mintReviewed(api);
    const cases: Awaited<ReturnType<typeof applyTo>>[] = [];
    for (let i = 0; i < 5; i++) cases.push(await applyTo(api, world));
    const [a, b, c, d, e] = cases.map(({ review }) => review.id);
    await made(api.post(`/v1/reviews/${d}/reject`, { reason: "before" }));
    const decisions = [
      { id: a, decision: "approve" },
      { id: b, decision: "reject", reason: "too few words", expectedTries: 1 },
      { id: c, decision: "approve", expectedTries: 2 },
      { id: d, decision: "approve" },
      { id: "rev_00000000001", decision: "approve" },
      { id: "nonsense", decision: "reject" },
      { id: e, decision: "approve", reason: "a friend" },
    ];
    const path = `/v1/campaigns/${world.campaign.id}/reviews/bulk`;
    const { data } = await made(api.post(path, { decisions }));
    expect(
      data.map(({ status, problem }: { status: number; problem: { code: string } | null }) => [
        status,
        problem?.code ?? null,
      ]),
    ).toEqual([
      [200, null],
      [200, null],
      [409, "review_changed"],
      [409, "review_decided"],
      [404, "not_found"],
      [404, "not_found"],
      [200, null],
    ]);
    expect(data[1].review).toMatchObject({ id: b, state: "rejected", reason: "too few words" });
    expect(data[6].review).toMatchObject({ id: e, state: "approved", reason: "a friend" });
    expect(await auditOf(world.campaign.id, "&kind=review.approved")).toHaveLength(2);
    expect(await auditOf(world.campaign.id, `&subject=${b}`)).toHaveLength(2);
    const states = () => Promise.all(cases.map(async ({ path }) => (await pageOf(path)).state));
    await until(states, (all) => all.join() === "admitted,rejected,pending,rejected,admitted");
    const same = await made(api.post(path, { decisions: decisions.slice(0, 2) }));
    expect(same.data.map(({ status }: { status: number }) => status)).toEqual([200, 200]);
    const twice = [decisions[0], decisions[0]];
    expectProblem(await api.post(path, { decisions: twice }), 400, "invalid_request", "/decisions");
    expectProblem(await api.post(path, { decisions: [] }), 400, "invalid_request", "/decisions");
    const many = Array.from({ length: 201 }, (_, i) => ({ id: `x${i}`, decision: "approve" }));
    expectProblem(await api.post(path, { decisions: many }), 400, "invalid_request", "/decisions");
  });

  test("refuses fields that it does not know, and words that are too long", async () => {
    const world = await mintReviewed(api);
    const { review } = await applyTo(api, world);
    const path = `/v1/reviews/${review.id}`;
    for (const body of [{ reason: "x".repeat(501) }, { reason: "" }, { expectedTries: 0 }, { until: "x" }]) {
      expect((await api.post(`${path}/approve`, body)).status).toBe(400);
    }
    for (const body of [{}, { assignee: "" }, { assignee: "x".repeat(61) }, { assignee: 1 }]) {
      expect((await api.post(`${path}/assign`, body)).status).toBe(400);
    }
    expectProblem(
      await api.get(`/v1/campaigns/${world.campaign.id}/audit?subject=${review.id}x`),
      400,
      "invalid_request",
      "?subject",
    );
    expect(await made(api.post(`${path}/approve`, { exemptUntil: hoursFromNow(5) }))).toMatchObject({
      state: "approved",
    });
  });
});
