import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinAtGate, mintWorkspace, newIdentity, request } from "../support/api.ts";
import { Browser, tagsOf, textOf } from "./support/browser.ts";
import { expectProblem, made } from "./support/expect.ts";
import { applyTo, mintReviewed, pageOf, send, until } from "./support/reviews.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const reject = (id: string, reason?: string) => made(api.post(`/v1/reviews/${id}/reject`, { reason }));
const casesOf = async (campaignId: string, query = "") =>
  (await made(api.get(`/v1/campaigns/${campaignId}/reviews?${query}`))).data;
const rejected = (path: string) =>
  until(
    () => pageOf(path),
    ({ state }) => state === "rejected",
  );

describe("somebody who was turned down", () => {
  test("may apply again as often as the gate says, and is told when", async () => {
    const world = await mintReviewed(api, { reapplyLimit: 1, reapplyAfterHours: 0 });
    const { path, review } = await applyTo(api, world);
    await reject(review.id, "Too few words.");
    const turnedDown = await until(
      () => pageOf(path),
      ({ mayApply }) => mayApply,
    );
    expect(turnedDown.reasons[1]).toMatchObject({ code: "review_again", result: "pending" });
    // Looking at the page, or being looked at by the clock, applies for nobody.
    expect((await casesOf(world.campaign.id))[0]).toMatchObject({ state: "rejected", tries: 1 });
    const page = await new Browser().open(path);
    expect(textOf(page.text)).toMatch(/You cannot come in.*Too few words\..*Apply again/);
    const many = await Promise.all(Array.from({ length: 5 }, () => send(path)));
    expect(new Set(many.map(({ status }) => status))).toEqual(new Set([303]));
    expect(await pageOf(path)).toMatchObject({ state: "pending", mayApply: false });
    const [reopened] = await casesOf(world.campaign.id);
    expect(reopened).toMatchObject({ id: review.id, state: "open", tries: 2, reason: null, decidedBy: null });
    expect(Date.parse(reopened.openedAt)).toBeGreaterThan(Date.parse(review.openedAt));
    const late = await api.post(`/v1/reviews/${review.id}/approve`, { expectedTries: 1 });
    expectProblem(late, 409, "review_changed", "/expectedTries");
    await made(api.post(`/v1/reviews/${review.id}/reject`, { expectedTries: 2 }));
    const final = await rejected(path);
    expect(final).toMatchObject({ mayApply: false, mayAppeal: true });
    await send(path);
    expect(await pageOf(path)).toMatchObject({ state: "rejected" });
    expect((await casesOf(world.campaign.id))[0]).toMatchObject({ state: "rejected", tries: 2 });
    const trail = await made(api.get(`/v1/campaigns/${world.campaign.id}/audit?subject=${review.id}`));
    expect(trail.data.map(({ kind }: { kind: string }) => kind)).toEqual([
      "review.rejected",
      "review.opened",
      "review.rejected",
      "review.opened",
    ]);
  });

  test("waits for the cooldown, by the page and by the form alike", async () => {
    const world = await mintReviewed(api, { reapplyLimit: 3, reapplyAfterHours: 5 });
    const { path, review, identity } = await applyTo(api, world);
    await reject(review.id);
    const page = await rejected(path);
    expect(page).toMatchObject({ mayApply: false, mayAppeal: true });
    expect(page.reasons[1].remedy).toMatch(/5 h/);
    await send(path);
    const again = await made(joinAtGate(world.invite.code, { identity }));
    expect(again).toMatchObject({ outcome: "rejected", application: null });
    expect((await casesOf(world.campaign.id))[0]).toMatchObject({ state: "rejected", tries: 1 });
  });

  test("appeals once, and comes in by themselves when the appeal is granted", async () => {
    const world = await mintReviewed(api, { queue: "board" });
    const { path, review, identity, applicationId } = await applyTo(api, world);
    expectProblem(await send(`${path}/appeal`, { statement: "Why?" }), 409, "appeal_refused");
    await reject(review.id, "No company.");
    await rejected(path);
    const browser = new Browser("zh-CN");
    const page = await browser.open(`${path}?lang=zh-CN`);
    const [link] = tagsOf(page.text, "a").filter(({ href = "" }) => href.includes("/appeal"));
    const form = await browser.open(link?.["href"] ?? "");
    expect(form.status).toBe(200);
    expect(textOf(form.text)).toContain("No company.");
    const empty = await browser.send(form, { statement: " " });
    expect(empty.status).toBe(400);
    const sent = await browser.send(form, { statement: "I founded one.\nSee the register <b>" });
    expect([sent.status, sent.headers.get("Location")]).toEqual([303, `${path}?lang=zh-CN`]);
    expect(textOf((await browser.open(`${path}?lang=zh-CN`)).text)).toContain("您的申诉正在处理中");
    const more = await Promise.all(
      Array.from({ length: 3 }, () => send(`${path}/appeal`, { statement: "again" })),
    );
    for (const answer of more) expectProblem(answer, 409, "appeal_refused");
    expectProblem(
      await request(`${path}/appeal`, { headers: { Accept: "application/json" } }),
      409,
      "appeal_refused",
    );

    const [appeal, ...others] = await casesOf(world.campaign.id, "kind=appeal");
    expect(others).toEqual([]);
    expect(appeal).toMatchObject({
      state: "open",
      queue: "board",
      applicationId,
      evidence: { identity, statement: "I founded one.\nSee the register <b>" },
    });
    await made(api.post(`/v1/reviews/${appeal.id}/approve`, { reason: "Seen." }));
    expect(await made(api.get(`/v1/reviews/${review.id}`))).toMatchObject({
      state: "approved",
      reason: "Seen.",
    });
    await until(
      () => pageOf(path),
      ({ state }) => state === "admitted",
    );
    const trail = await made(api.get(`/v1/campaigns/${world.campaign.id}/audit?kind=review.approved`));
    const subjects = trail.data.map(({ subject }: { subject: string }) => subject);
    expect(new Set(subjects)).toEqual(new Set([review.id, appeal.id]));
    expect(subjects).toHaveLength(2);
  });

  test("whose appeal is turned down reads why, and may appeal the next decision", async () => {
    const world = await mintReviewed(api, { reapplyLimit: 1, reapplyAfterHours: 0 });
    const { path, review } = await applyTo(api, world);
    await reject(review.id);
    await until(
      () => pageOf(path),
      ({ mayApply }) => mayApply,
    );
    const many = await Promise.all(
      Array.from({ length: 5 }, (_, i) => send(`${path}/appeal`, { statement: `at once ${i}` })),
    );
    expect(many.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409, 409, 409, 409]);
    const [appeal] = await casesOf(world.campaign.id, "kind=appeal");
    await made(api.post(`/v1/reviews/${appeal.id}/reject`, { reason: "Still no." }));
    expect(await pageOf(path)).toMatchObject({
      mayAppeal: false,
      appeal: { state: "rejected", reason: "Still no." },
    });
    await send(path);
    await reject(review.id, "Twice no.");
    await rejected(path);
    expect((await send(`${path}/appeal`, { statement: "once more" })).status).toBe(201);
    const [second] = await casesOf(world.campaign.id, "kind=appeal");
    expect(second).toMatchObject({ id: appeal.id, state: "open", tries: 2, reason: null });
    expect((await send(`${path}/appeal`, { statement: "thrice" })).status).toBe(409);
  });

  test("who applied again and was approved has no appeal left to decide", async () => {
    const world = await mintReviewed(api, { reapplyLimit: 1, reapplyAfterHours: 0 });
    const { path, review } = await applyTo(api, world);
    await reject(review.id);
    await until(
      () => pageOf(path),
      ({ mayApply }) => mayApply,
    );
    expect((await send(`${path}/appeal`, { statement: "Look again." })).status).toBe(201);
    await send(path);
    await made(api.post(`/v1/reviews/${review.id}/approve`));
    expect(await casesOf(world.campaign.id, "state=open")).toEqual([]);
    expect(await casesOf(world.campaign.id, "state=approved")).toHaveLength(2);
  });

  test("is not found by a link that is none, as a page for people", async () => {
    for (const path of ["/a/nonsense", "/a/nonsense/appeal", "/p/nonsense/appeal"]) {
      const page = await new Browser().open(path);
      expect([page.status, page.headers.get("Content-Type")]).toEqual([
        404,
        expect.stringMatching(/text\/html/),
      ]);
      expectProblem(await send(path, { statement: "x" }), 404, "pass_not_found");
    }
    const world = await mintReviewed(api);
    const { path } = await applyTo(api, world);
    for (const body of [
      {},
      { statement: "" },
      { statement: "x".repeat(2001) },
      { statement: "x", more: 1 },
    ]) {
      expectProblem(await send(`${path}/appeal`, body), 400, "invalid_request");
    }
  });
});

describe("two decisions that race", () => {
  test("an application that is sent again while it is decided loses no decision, and reopens none", async () => {
    const world = await mintReviewed(api, { reapplyLimit: 5, reapplyAfterHours: 1 });
    for (const verb of ["approve", "reject"]) {
      const browser = new Browser();
      const body = JSON.stringify({ identity: newIdentity(), acknowledged: true });
      const headers = { "Content-Type": "application/json", Accept: "application/json" };
      const again = () => browser.open(`/i/${world.invite.code}`, { method: "POST", headers, body });
      const path = new URL((await made(again())).application).pathname;
      const { data } = await made(api.get(`/v1/campaigns/${world.campaign.id}/reviews?state=open`));
      const review = data[0];
      await Promise.all([again(), again(), api.post(`/v1/reviews/${review.id}/${verb}`), again(), again()]);
      const state = verb === "approve" ? "admitted" : "rejected";
      await until(
        () => pageOf(path),
        (page) => page.state === state,
      );
      expect((await made(api.get(`/v1/reviews/${review.id}`))).tries).toBe(1);
    }
  });
});
