import { beforeAll, describe, expect, test } from "vitest";
import {
  type Api,
  joinAtGate,
  joinBy,
  mintCampaign,
  mintWorkspace,
  newIdentity,
  request,
} from "../support/api.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";

const JSON_ONLY = { headers: { Accept: "application/json" } };

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

describe("channel invites", () => {
  test("one is kept as it was given, with a code and a URL that opens it", async () => {
    const { campaign } = await mintCampaign(api);
    const body = {
      channel: "poster",
      medium: "subway",
      label: "Line 2",
      maxUses: 50,
      startsAt: hoursFromNow(-1),
      expiresAt: hoursFromNow(1),
      rotation: { mode: "static" },
    };
    const created = await api.post(`/v1/campaigns/${campaign.id}/invites`, body);
    expect(created.status).toBe(201);
    const invite = created.json;
    expect(invite).toMatchObject({ ...body, campaignId: campaign.id, kind: "channel", participantId: null });
    expect(invite).toMatchObject({ uses: 0, revokedAt: null, id: expect.stringMatching(/^inv_/) });
    expect(invite.code).toMatch(/^[0-9a-z]{8,32}$/);
    expect(new URL(invite.url).pathname).toBe(`/i/${invite.code}`);
    expect((await api.get(`/v1/invites/${invite.id}`)).json).toEqual(invite);
    expect((await request(new URL(invite.url).pathname, JSON_ONLY)).status).toBe(200);
  });

  test("every fault is told at once", async () => {
    const { campaign } = await mintCampaign(api);
    const path = `/v1/campaigns/${campaign.id}/invites`;
    const wrong = {
      channel: "",
      medium: 1,
      maxUses: 0,
      startsAt: "soon",
      rotation: { mode: "wild" },
      code: "mine",
    };
    const faults = ["/channel", "/medium", "/maxUses", "/startsAt", "/rotation/mode", "/code"];
    expectProblem(await api.post(path, wrong), 400, "invalid_request", ...faults);
    const backwards = { startsAt: hoursFromNow(2), expiresAt: hoursFromNow(1) };
    expectProblem(await api.post(path, { channel: "x", ...backwards }), 400, "invalid_request", "/expiresAt");
    expectProblem(await api.post(path, backwards), 400, "invalid_request", "/channel", "/expiresAt");
  });

  test("the list tells members' invites from the marketer's", async () => {
    const { campaign, invite } = await mintCampaign(api);
    const joined = (await joinBy(api, campaign.id, invite.code)).json;
    const list = async (query: string) =>
      (await made(api.get(`/v1/campaigns/${campaign.id}/invites${query}`))).data;
    const [member] = await list("?kind=member");
    expect(await list("?kind=member")).toHaveLength(1);
    expect(member).toMatchObject({
      kind: "member",
      participantId: joined.participant.id,
      code: joined.invite.code,
      channel: null,
    });
    expect((await list("?kind=channel")).map((row: { id: string }) => row.id)).toEqual([invite.id]);
    expect((await list("")).map((row: { id: string }) => row.id)).toEqual([member.id, invite.id]);
    const refused = await api.get(`/v1/campaigns/${campaign.id}/invites?kind=poster`);
    expectProblem(refused, 400, "invalid_request", "?kind");
  });

  test("revoking ends it for newcomers, once and for good; who is in stays in", async () => {
    const { campaign, invite } = await mintCampaign(api);
    const identity = newIdentity();
    const first = (await joinBy(api, campaign.id, invite.code, identity)).json;
    const revoked = await made(api.post(`/v1/invites/${invite.id}/revoke`));
    expect(revoked).toMatchObject({ ...invite, uses: 1, revokedAt: expect.any(String) });
    expect(await made(api.post(`/v1/invites/${invite.id}/revoke`))).toEqual(revoked);
    expectProblem(await joinBy(api, campaign.id, invite.code), 410, "invite_revoked");
    const again = (await joinBy(api, campaign.id, invite.code, identity)).json;
    expect(again).toMatchObject({ outcome: "already_joined", participant: first.participant });
    expect((await joinBy(api, campaign.id, first.invite.code)).json.outcome).toBe("joined");
  });
});

describe("an invite's limits", () => {
  test("maxUses is exact, however many come at once; only joins count", async () => {
    const { campaign, invite } = await mintCampaign(api, { invite: { maxUses: 3 } });
    for (let i = 0; i < 2; i++) await request(`/i/${invite.code}`, JSON_ONLY);
    await joinBy(api, campaign.id, invite.code, newIdentity(), { acknowledged: false });
    const people = Array.from({ length: 8 }, newIdentity);
    const answers = await Promise.all(people.map((who) => joinBy(api, campaign.id, invite.code, who)));
    expect(answers.filter(({ json }) => json.outcome === "joined")).toHaveLength(3);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expectProblem(answer, 410, "invite_used_up");
    }
    const retries = await Promise.all(people.map((who) => joinBy(api, campaign.id, invite.code, who)));
    expect(retries.filter(({ json }) => json.outcome === "already_joined")).toHaveLength(3);
    expect((await made(api.get(`/v1/invites/${invite.id}`))).uses).toBe(3);
  });

  test("who waits for a seat holds a use, so that the limit stays exact when they are seated", async () => {
    const { campaign, invite } = await mintCampaign(api, {
      groups: [{ capacity: 1 }],
      invite: { maxUses: 2 },
    });
    for (const outcome of ["joined", "waitlisted"]) {
      expect((await joinBy(api, campaign.id, invite.code)).json.outcome).toBe(outcome);
    }
    expectProblem(await joinBy(api, campaign.id, invite.code), 410, "invite_used_up");
    expect((await made(api.get(`/v1/invites/${invite.id}`))).uses).toBe(1);
  });

  test("before its start and after its end it lets nobody in", async () => {
    const { campaign } = await mintCampaign(api);
    const mint = (more: object) =>
      made(api.post(`/v1/campaigns/${campaign.id}/invites`, { channel: "x", ...more }));
    const early = await mint({ startsAt: hoursFromNow(1) });
    const late = await mint({ expiresAt: hoursFromNow(-1) });
    const open = await mint({ startsAt: hoursFromNow(-1), expiresAt: hoursFromNow(1) });
    for (const [{ code }, status, problem] of [
      [early, 409, "invite_not_started"],
      [late, 410, "invite_expired"],
    ] as const) {
      expectProblem(await request(`/i/${code}`, JSON_ONLY), status, problem);
      expectProblem(await joinAtGate(code, { identity: newIdentity() }), status, problem);
      expectProblem(await joinBy(api, campaign.id, code), status, problem);
    }
    expect((await joinBy(api, campaign.id, open.code)).json.outcome).toBe("joined");
  });
});
