import { beforeAll, describe, expect, test } from "vitest";
import { type Api, COMMUNITY, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

describe("groups in bulk", () => {
  const bulk = { name: "Makers {n}", joinUrl: "https://weixin.qq.com/g/{n}", carrier: "wechat", count: 5 };
  let path: string;
  beforeAll(async () => {
    path = `/v1/communities/${(await made(api.post("/v1/communities", COMMUNITY))).id}/groups`;
  });
  type Group = { id: string; name: string };

  test("are numbered from a pattern, with the carrier's defaults", async () => {
    const { data, created } = await made(
      api.post(`${path}/bulk`, { ...bulk, from: 8, capacity: 100, weight: 2, priority: -1 }),
    );
    expect(created).toBe(5);
    expect(data.map(({ name }: Group) => name)).toEqual([8, 9, 10, 11, 12].map((n) => `Makers ${n}`));
    expect(data[2]).toMatchObject({
      joinUrl: "https://weixin.qq.com/g/10",
      capacity: 100,
      weight: 2,
      priority: -1,
      marginHours: 24,
      used: 0,
      state: "open",
    });
    expect(await made(api.get(`/v1/groups/${data[2].id}`))).toEqual(data[2]);
  });

  test("asked for twice, or at once, are there once", async () => {
    const twice = { ...bulk, name: "Twice {n}" };
    const answers = await Promise.all(Array.from({ length: 4 }, () => made(api.post(`${path}/bulk`, twice))));
    const made5 = answers.map(({ created }) => created).toSorted((a, b) => b - a);
    expect(made5).toEqual([5, 0, 0, 0]);
    for (const { data } of answers) expect(data).toEqual(answers[0].data);
    const more = await made(api.post(`${path}/bulk`, { ...twice, count: 7 }));
    expect([more.created, more.data.length]).toEqual([2, 7]);
    expect(more.data.slice(0, 5)).toEqual(answers[0].data);
    const { data } = await made(api.get(`${path}?limit=100`));
    expect(data.filter(({ name }: Group) => name.startsWith("Twice"))).toHaveLength(7);
  });

  test("that cannot be are refused, every fault at once", async () => {
    const wrong = { ...bulk, name: "no number", count: 201, colour: 1 };
    expectProblem(
      await api.post(`${path}/bulk`, wrong),
      400,
      "invalid_request",
      "/name",
      "/count",
      "/colour",
    );
    const foreign = { ...bulk, joinUrl: "https://example.com/{n}", capacity: 501 };
    expectProblem(await api.post(`${path}/bulk`, foreign), 400, "invalid_request", "/joinUrl", "/capacity");
    // Good for the first number, not for the last.
    const port = { name: "{n}", joinUrl: "https://example.com:{n}/", carrier: "url", from: 65_530, count: 9 };
    expectProblem(await api.post(`${path}/bulk`, port), 400, "invalid_request", "/joinUrl");
    expectProblem(await api.post("/v1/communities/com_00000000001/groups/bulk", bulk), 404, "not_found");
  });

  test("give seats to those who wait, of all campaigns of the community", async () => {
    const { campaign, community, invite } = await mintCampaign(api, { groups: [{ capacity: 1 }] });
    for (let i = 0; i < 4; i++) await joinBy(api, campaign.id, invite.code);
    const two = { name: "{n}", joinUrl: "https://example.com/{n}", carrier: "url", count: 2, capacity: 1 };
    await made(api.post(`/v1/communities/${community.id}/groups/bulk`, two));
    const health = await made(api.get(`/v1/campaigns/${campaign.id}/health`));
    expect([health.waiting, health.seatsLeft]).toEqual([1, 0]);
  });
});

describe("patches at once", () => {
  test("do not undo each other: the retirement is that of the expiry and margin which stand in the end", async () => {
    const { groups } = await mintCampaign(api, { groups: [{ capacity: 5 }] });
    const one = `/v1/groups/${groups[0].id}`;
    const expiresAt = hoursFromNow(10);
    await Promise.all(
      [
        { expiresAt },
        { state: "paused" },
        { marginHours: 3 },
        { name: "x" },
        { capacity: 7 },
        { weight: 2 },
      ].map((patch) => made(api.patch(one, patch))),
    );
    const retiresAt = new Date(Date.parse(expiresAt) - 3 * 3_600_000).toISOString();
    const together = { expiresAt, state: "paused", marginHours: 3, name: "x", capacity: 7, weight: 2 };
    expect(await made(api.get(one))).toMatchObject({ ...together, retiresAt });
  });
});

describe("a merge", () => {
  const world = (...capacities: number[]) =>
    mintCampaign(api, { groups: capacities.map((capacity) => ({ capacity })) });

  test("moves the people and their seats, newcomers too, over as many hops as there are", async () => {
    const { campaign, invite, groups } = await world(2, 3, 9);
    const [a, b, c] = groups.map(({ id }: { id: string }) => id);
    const early = newIdentity();
    await joinBy(api, campaign.id, invite.code, early);
    await joinBy(api, campaign.id, invite.code);
    const merged = await made(api.post(`/v1/groups/${a}/merge`, { into: b }));
    expect(merged).toMatchObject({ id: a, state: "merged", mergedInto: b, used: 0 });
    expect(await made(api.get(`/v1/groups/${b}`))).toMatchObject({ used: 2 });
    expect((await made(joinBy(api, campaign.id, invite.code, early))).group.id).toBe(b);
    expect((await made(joinBy(api, campaign.id, invite.code))).group.id).toBe(b);
    await made(api.post(`/v1/groups/${b}/merge`, { into: c }));
    expect((await made(joinBy(api, campaign.id, invite.code, early))).group.id).toBe(c);
    expect(await made(api.get(`/v1/groups/${c}`))).toMatchObject({ used: 3 });
    // A third one that is merged into the first ends where the chain ends.
    const d = (await made(api.post(`/v1/communities/${groups[0].communityId}/groups`, { ...GROUP }))).id;
    expect(await made(api.post(`/v1/groups/${d}/merge`, { into: a }))).toMatchObject({ mergedInto: c });
  });

  const GROUP = { name: "d", carrier: "url", joinUrl: "https://example.com/d" };

  test("that cannot be is refused, and changes nothing", async () => {
    const { campaign, invite, groups, community } = await world(2, 1, 5);
    const [a, b, c] = groups.map(({ id }: { id: string }) => id);
    const merge = (from: string, into: string) => api.post(`/v1/groups/${from}/merge`, { into });
    await joinBy(api, campaign.id, invite.code);
    await joinBy(api, campaign.id, invite.code);
    const before = await made(api.get(`/v1/communities/${community.id}/groups`));
    expectProblem(await merge(a, a), 409, "merge_refused");
    expectProblem(await merge(a, b), 409, "capacity_below_use");
    const stranger = (await world(1)).groups[0].id;
    for (const unknown of [stranger, "grp_00000000001", "nonsense"]) {
      expectProblem(await merge(a, unknown), 400, "invalid_request", "/into");
    }
    expectProblem(await merge("grp_00000000001", a), 404, "not_found");
    expect(await made(api.get(`/v1/communities/${community.id}/groups`))).toEqual(before);
    await made(api.patch(`/v1/groups/${b}`, { state: "closed" }));
    expectProblem(await merge(c, b), 409, "merge_refused");
    await made(api.patch(`/v1/groups/${b}`, { state: "open", expiresAt: hoursFromNow(1), marginHours: 2 }));
    expectProblem(await merge(c, b), 409, "merge_refused");

    await made(merge(a, c));
    expectProblem(await merge(a, c), 409, "merge_refused");
    expectProblem(await merge(c, a), 409, "merge_refused");
    // Merged is merged: it takes nobody again. What it is called may change.
    for (const state of ["open", "paused", "closed"]) {
      expectProblem(await api.patch(`/v1/groups/${a}`, { state }), 409, "merge_refused");
    }
    expect(await made(api.patch(`/v1/groups/${a}`, { name: "old" }))).toMatchObject({ state: "merged" });
    expect(await made(api.get(`/v1/groups/${c}`))).toMatchObject({ used: 2, state: "open" });
  });

  test("in the middle of a crowd: 120 join at once, and nobody is lost or counted twice", async () => {
    const { campaign, invite, groups } = await mintCampaign(api, {
      groups: [{ capacity: 30 }, { capacity: 70 }],
      campaign: { allocation: { strategy: "least_filled" } },
    });
    const [a, b] = groups.map(({ id }: { id: string }) => id);
    let answered = 0;
    let merging: Promise<void> | undefined;
    const joins = Array.from({ length: 120 }, async () => {
      const answer = await made(joinBy(api, campaign.id, invite.code));
      if (++answered === 10) {
        merging = (async () => {
          const { status, json } = await api.post(`/v1/groups/${a}/merge`, { into: b });
          expect([200, 409], json.code).toContain(status);
        })();
      }
      return answer.outcome as string;
    });
    const outcomes = await Promise.all(joins);
    await merging;
    const merged = (await made(api.get(`/v1/groups/${a}`))).state === "merged";
    const seats = merged ? 70 : 100;
    const joined = outcomes.filter((outcome) => outcome === "joined").length;
    expect(joined).toBe(seats);
    expect(outcomes.filter((outcome) => outcome === "waitlisted")).toHaveLength(120 - seats);
    expect(await made(api.get(`/v1/groups/${b}`))).toMatchObject({ used: 70 });
    const health = await made(api.get(`/v1/campaigns/${campaign.id}/health`));
    expect([health.waiting, health.seatsLeft]).toEqual([120 - seats, 0]);
    await made(api.patch(`/v1/groups/${b}`, { capacity: 120 }));
    expect(await made(api.get(`/v1/groups/${b}`))).toMatchObject({ used: merged ? 120 : 90 });
    expect((await made(api.get(`/v1/campaigns/${campaign.id}/health`))).waiting).toBe(0);
  });
});
