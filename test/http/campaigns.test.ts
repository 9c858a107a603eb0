import { beforeAll, describe, expect, test } from "vitest";
import { type Api, COMMUNITY, joinBy, mintCampaign, mintWorkspace } from "../support/api.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";

const CARRIER = { name: "Group", carrier: "url", joinUrl: "https://example.com/1" };
const GATE = { kind: "answer", field: "title", label: "Title", op: "in", value: ["CEO", "Chairman"] };

let api: Api;
let community: { id: string };
beforeAll(async () => {
  api = await mintWorkspace();
  community = await made(api.post("/v1/communities", COMMUNITY));
  await made(api.post(`/v1/communities/${community.id}/groups`, CARRIER));
});

const draft = (more: Record<string, unknown> = {}) =>
  made(api.post("/v1/campaigns", { communityId: community.id, name: "Spring", type: "event", ...more }));
const move = (id: string, action: string) => api.post(`/v1/campaigns/${id}/${action}`);

describe("a campaign's life", () => {
  test("publish, pause, resume, end: each from where it may, and stamped", async () => {
    const { id, ...made } = await draft();
    expect(made).toMatchObject({ status: "draft", publishedAt: null, endedAt: null, gateVersion: 1 });
    for (const action of ["pause", "resume", "end"]) {
      expectProblem(await move(id, action), 409, "invalid_transition");
    }
    const published = await move(id, "publish");
    expect(published.status).toBe(200);
    expect(published.json.status).toBe("published");
    expect(published.json.publishedAt).not.toBeNull();
    expectProblem(await move(id, "publish"), 409, "invalid_transition");
    expect((await move(id, "pause")).json.status).toBe("paused");
    const resumed = (await move(id, "resume")).json;
    expect(resumed).toMatchObject({ status: "published", publishedAt: published.json.publishedAt });
    const ended = (await move(id, "end")).json;
    expect(ended.status).toBe("ended");
    expect(ended.endedAt).not.toBeNull();
    for (const action of ["publish", "pause", "resume", "end"]) {
      expectProblem(await move(id, action), 409, "invalid_transition");
    }
    expect((await api.get(`/v1/campaigns/${id}`)).json).toEqual(ended);
  });

  test("publishing tells everything that is missing at once, and works once it is there", async () => {
    const bare = { ...COMMUNITY, purpose: " ", organiser: { name: "" } };
    const { id: communityId } = await made(api.post("/v1/communities", bare));
    const { id } = await draft({ communityId, endsAt: hoursFromNow(-1) });
    const refused = await move(id, "publish");
    const missing = ["/community/purpose", "/community/organiser/name", "/groupIds", "/endsAt"];
    expectProblem(refused, 409, "not_publishable", ...missing);
    expect(refused.json.errors.map((error: { code: string }) => error.code)).toEqual([
      "purpose_missing",
      "organiser_missing",
      "group_missing",
      "window_over",
    ]);
    await made(api.patch(`/v1/communities/${communityId}`, { purpose: "Run", organiser: { name: "Lin" } }));
    await made(api.patch(`/v1/campaigns/${id}`, { endsAt: hoursFromNow(1) }));
    const group = await made(api.post(`/v1/communities/${communityId}/groups`, CARRIER));
    await made(api.patch(`/v1/groups/${group.id}`, { state: "closed" }));
    expect((await move(id, "publish")).json.errors).toHaveLength(1);
    await made(api.patch(`/v1/groups/${group.id}`, { state: "open" }));
    expect((await move(id, "publish")).json.status).toBe("published");
  });

  test("a campaign that names no group at all cannot be published", async () => {
    const { id } = await draft({ groupIds: [] });
    expectProblem(await move(id, "publish"), 409, "not_publishable", "/groupIds");
  });
});

describe("what a campaign may be", () => {
  test("settings have defaults; a patch replaces the ones that it names", async () => {
    const before = await draft({ board: { public: true, metric: "team" } });
    expect(before).toMatchObject({
      timezone: "UTC",
      groupIds: null,
      gate: null,
      rotation: { mode: "static" },
      allocation: { strategy: "in_order" },
      attribution: { model: "last_touch", windowDays: 30 },
      referral: { qualifyAfterMinutes: 0 },
      board: { public: true, metric: "team" },
    });
    const change = { name: "Autumn", attribution: { model: "first_touch", windowDays: 7 } };
    const after = await made(api.patch(`/v1/campaigns/${before.id}`, change));
    expect(after).toEqual({ ...before, ...change, ruleVersion: 2, updatedAt: after.updatedAt });
    expect((await api.get(`/v1/campaigns/${before.id}`)).json).toEqual(after);
  });

  test("a window ends after it starts, also when only one side is patched", async () => {
    const [early, late] = [hoursFromNow(1), hoursFromNow(2)];
    const body = { communityId: community.id, name: "x", type: "course" };
    for (const [startsAt, endsAt] of [
      [late, early],
      [early, early],
    ]) {
      const refused = await api.post("/v1/campaigns", { ...body, startsAt, endsAt });
      expectProblem(refused, 400, "invalid_request", "/endsAt");
    }
    const { id } = await draft({ startsAt: early, endsAt: late });
    const path = `/v1/campaigns/${id}`;
    expectProblem(await api.patch(path, { endsAt: early }), 400, "invalid_request", "/endsAt");
    expectProblem(await api.patch(path, { startsAt: hoursFromNow(3) }), 400, "invalid_request");
    expect((await api.get(path)).json).toMatchObject({ startsAt: early, endsAt: late });
    expect(await made(api.patch(path, { endsAt: null }))).toMatchObject({ startsAt: early, endsAt: null });
  });

  test("the window is told together with every other fault", async () => {
    const wrong = {
      communityId: community.id,
      name: 5,
      type: "gala",
      startsAt: hoursFromNow(2),
      endsAt: hoursFromNow(1),
    };
    expectProblem(
      await api.post("/v1/campaigns", wrong),
      400,
      "invalid_request",
      "/name",
      "/type",
      "/endsAt",
    );
  });

  test("times with an offset are kept as UTC", async () => {
    const { startsAt } = await draft({ startsAt: "2030-01-01T08:00:00+08:00" });
    expect(startsAt).toBe("2030-01-01T00:00:00.000Z");
  });

  test("groups of another community, or none at all, are refused", async () => {
    const other = await made(api.post("/v1/communities", COMMUNITY));
    const foreign = await made(api.post(`/v1/communities/${other.id}/groups`, CARRIER));
    const { id } = await draft();
    const body = { communityId: community.id, name: "x", type: "event" };
    for (const groupId of [foreign.id, "grp_00000000001", "grp_x", community.id]) {
      const groupIds = [groupId];
      expectProblem(
        await api.post("/v1/campaigns", { ...body, groupIds }),
        400,
        "invalid_request",
        "/groupIds",
      );
      expectProblem(
        await api.patch(`/v1/campaigns/${id}`, { groupIds }),
        400,
        "invalid_request",
        "/groupIds",
      );
    }
    expect((await api.get(`/v1/campaigns/${id}`)).json.groupIds).toBeNull();
  });
});

describe("the gate's versions", () => {
  test("a new gate is the next version; who joined keeps the one that they passed", async () => {
    const { campaign, invite } = await mintCampaign(api);
    const path = `/v1/campaigns/${campaign.id}`;
    const first = (await joinBy(api, campaign.id, invite.code)).json.participant;
    const gated = await made(api.patch(path, { gate: GATE }));
    expect(gated).toMatchObject({ gateVersion: 2, gate: GATE });
    expect((await made(api.patch(path, { name: "Other" }))).gateVersion).toBe(2);
    const refused = (await joinBy(api, campaign.id, invite.code)).json;
    expect(refused.outcome).toBe("rejected");
    const passed = (await joinBy(api, campaign.id, invite.code, undefined, { answers: { title: " ceo " } }))
      .json;
    expect(passed.outcome).toBe("joined");
    expect((await made(api.get(`/v1/participants/${first.id}`))).gateVersion).toBe(1);
    expect((await made(api.get(`/v1/participants/${passed.participant.id}`))).gateVersion).toBe(2);
    expect(await made(api.patch(path, { gate: null }))).toMatchObject({ gateVersion: 3, gate: null });
  });

  test("a wrong gate is refused with the path to each fault", async () => {
    const gate = {
      all: [
        { kind: "magic" },
        { any: [] },
        { ...GATE, op: "gte" },
        { atLeast: 3, of: [GATE] },
        { ...GATE, hint: "x" },
      ],
    };
    const refused = await api.post("/v1/campaigns", {
      communityId: community.id,
      name: "x",
      type: "event",
      gate,
    });
    const faults = ["/gate/all/0/kind", "/gate/all/1/any", "/gate/all/2/value", "/gate/all/3/atLeast"];
    expectProblem(refused, 400, "invalid_request", ...faults, "/gate/all/4/hint");
  });
});
