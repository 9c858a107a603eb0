import { beforeAll, describe, expect, test } from "vitest";
import { type Api, COMMUNITY, joinBy, mintCampaign, mintWorkspace } from "../support/api.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";

const GROUP = { name: "Runners 1", carrier: "url", joinUrl: "https://example.com/1" };
const HOUR = 3_600_000;

let api: Api;
let path: string;
beforeAll(async () => {
  api = await mintWorkspace();
  const community = await made(api.post("/v1/communities", COMMUNITY));
  path = `/v1/communities/${community.id}/groups`;
});

describe("groups", () => {
  test("a carrier's limits fill what is left out", async () => {
    const wechat = { name: "微信群", carrier: "wechat", joinUrl: "https://weixin.qq.com/g/AbC" };
    const created = await api.post(path, wechat);
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ ...wechat, capacity: 200, used: 0, state: "open", marginHours: 24 });
    expect(created.json.id).toMatch(/^grp_/);
    const lives = Date.parse(created.json.expiresAt) - Date.now();
    expect(Math.abs(lives - 7 * 24 * HOUR)).toBeLessThan(60_000);
    expect(Date.parse(created.json.expiresAt) - Date.parse(created.json.retiresAt)).toBe(24 * HOUR);
    expect((await api.get(`/v1/groups/${created.json.id}`)).json).toEqual(created.json);
    const link = await made(api.post(path, GROUP));
    expect(link).toMatchObject({ expiresAt: null, retiresAt: null, priority: 0, weight: 1 });
  });

  test("a link of another carrier and too many seats are refused together", async () => {
    const wrong = {
      name: "x",
      carrier: "wechat",
      joinUrl: "https://weixin.qq.com.evil.example/g",
      capacity: 501,
    };
    expectProblem(await api.post(path, wrong), 400, "invalid_request", "/joinUrl", "/capacity");
    for (const joinUrl of [
      "javascript:alert(1)",
      "https://u:p@example.com/",
      "//example.com",
      "example.com",
    ]) {
      expectProblem(await api.post(path, { ...GROUP, joinUrl }), 400, "invalid_request", "/joinUrl");
    }
  });

  test("what the carrier says is told together with every other fault", async () => {
    const wrong = { name: 5, carrier: "wechat", joinUrl: "https://example.com/", capacity: 501, colour: 1 };
    const refused = await api.post(path, wrong);
    expectProblem(refused, 400, "invalid_request", "/name", "/colour", "/joinUrl", "/capacity");
  });

  test("a patch changes what it names; the margin moves the day of retirement", async () => {
    const expiresAt = hoursFromNow(100);
    const before = await made(api.post(path, { ...GROUP, expiresAt, marginHours: 10 }));
    const one = `/v1/groups/${before.id}`;
    const after = await made(api.patch(one, { marginHours: 2, state: "paused" }));
    expect(after).toEqual({
      ...before,
      marginHours: 2,
      state: "paused",
      retiresAt: new Date(Date.parse(expiresAt) - 2 * HOUR).toISOString(),
      updatedAt: after.updatedAt,
    });
    expect(await made(api.patch(one, { expiresAt: null }))).toMatchObject({
      expiresAt: null,
      retiresAt: null,
    });
    expectProblem(await api.patch(one, { carrier: "qq" }), 400, "invalid_request", "/carrier");
    expectProblem(
      await api.patch(one, { joinUrl: "ftp://x", capacity: 0 }),
      400,
      "invalid_request",
      "/capacity",
    );
  });

  test("seats that are taken cannot be taken away", async () => {
    const { campaign, invite, groups } = await mintCampaign(api, { groups: [{ capacity: 3 }] });
    for (let i = 0; i < 2; i++) await joinBy(api, campaign.id, invite.code);
    const one = `/v1/groups/${groups[0].id}`;
    expectProblem(await api.patch(one, { capacity: 1 }), 409, "capacity_below_use", "/capacity");
    expect(await made(api.get(one))).toMatchObject({ capacity: 3, used: 2 });
    expect(await made(api.patch(one, { capacity: 2 }))).toMatchObject({ capacity: 2, used: 2 });
    expect((await joinBy(api, campaign.id, invite.code)).json.outcome).toBe("waitlisted");
  });

  test("seats are given by priority; full, paused, closed and retiring groups are passed over", async () => {
    const groups = [
      { name: "last", capacity: 5, priority: 9 },
      { name: "first", capacity: 1, priority: -5 },
      { name: "retiring", capacity: 5, priority: -9, expiresAt: hoursFromNow(5), marginHours: 6 },
      { name: "paused", capacity: 5, priority: -8 },
      { name: "closed", capacity: 5, priority: -7 },
      { name: "second", capacity: 1, priority: 0 },
    ];
    const { campaign, invite, groups: all } = await mintCampaign(api, { groups });
    await made(api.patch(`/v1/groups/${all[3].id}`, { state: "paused" }));
    await made(api.patch(`/v1/groups/${all[4].id}`, { state: "closed" }));
    const names: string[] = [];
    for (let i = 0; i < 4; i++) names.push((await joinBy(api, campaign.id, invite.code)).json.group.name);
    expect(names).toEqual(["first", "second", "last", "last"]);
    await made(api.patch(`/v1/groups/${all[3].id}`, { state: "open" }));
    expect((await joinBy(api, campaign.id, invite.code)).json.group.name).toBe("paused");
  });

  test("a campaign that names its groups fills no other", async () => {
    const { campaign, invite, groups } = await mintCampaign(api, {
      groups: [{ capacity: 9, priority: -1 }, { capacity: 1 }],
    });
    await made(api.patch(`/v1/campaigns/${campaign.id}`, { groupIds: [groups[1].id] }));
    expect((await joinBy(api, campaign.id, invite.code)).json.group.id).toBe(groups[1].id);
    expect((await joinBy(api, campaign.id, invite.code)).json.outcome).toBe("waitlisted");
    await made(api.patch(`/v1/campaigns/${campaign.id}`, { groupIds: null }));
    expect((await joinBy(api, campaign.id, invite.code)).json.group.id).toBe(groups[0].id);
  });
});
