import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type Api,
  apiWith,
  COMMUNITY,
  joinBy,
  mintCampaign,
  mintWorkspace,
  ownerApi,
} from "../support/api.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const mint = async (more: object = {}) => {
  const made_ = await made(api.post("/v1/keys", { name: "test", scopes: ["read"], ...more }));
  return { ...made_, api: apiWith(made_.key) };
};

describe("keys", () => {
  test("a key is shown once; afterwards only its end is known", async () => {
    const created = await api.post("/v1/keys", { name: "Reports", scopes: ["read", "read", "write"] });
    expect(created.status).toBe(201);
    const { key, ...row } = created.json;
    expect(key).toMatch(/^qrv_[0-9a-z]{36}$/);
    expect(row).toMatchObject({
      name: "Reports",
      scopes: ["read", "write"],
      campaignId: null,
      revokedAt: null,
    });
    expect(key.endsWith(row.hint.replace("…", ""))).toBe(true);
    const one = await api.get(`/v1/keys/${row.id}`);
    expect(one.json).toEqual(row);
    const list = await api.get("/v1/keys");
    expect(list.json.data[0]).toEqual(row);
    expect(one.text + list.text).not.toContain(key.slice(4, 30));
  });

  test("scopes build on each other: read, write, admin", async () => {
    const [reader, writer, admin] = [
      await mint(),
      await mint({ scopes: ["write"] }),
      await mint({ scopes: ["admin"] }),
    ];
    const statuses = async ({ api: as }: { api: Api }) => [
      (await as.get("/v1/communities")).status,
      (await as.post("/v1/communities", COMMUNITY)).status,
      (await as.get("/v1/keys")).status,
    ];
    expect(await statuses(reader)).toEqual([200, 403, 403]);
    expect(await statuses(writer)).toEqual([200, 201, 403]);
    expect(await statuses(admin)).toEqual([200, 201, 200]);
    expectProblem(await reader.api.post("/v1/communities", COMMUNITY), 403, "forbidden");
    expectProblem(await writer.api.post("/v1/keys", { name: "x", scopes: ["admin"] }), 403, "forbidden");
  });

  test("a revoked key stops at once, also right after it was used", async () => {
    const { id, api: as } = await mint();
    expect((await as.get("/v1/communities")).status).toBe(200);
    const revoked = await made(api.delete(`/v1/keys/${id}`));
    expect(revoked.revokedAt).not.toBeNull();
    const refused = await as.get("/v1/communities");
    expectProblem(refused, 401, "unauthorized");
    expect(refused.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
    expect(await made(api.delete(`/v1/keys/${id}`))).toEqual(revoked);
  });

  test("a key that revokes itself is gone", async () => {
    const { id, api: as } = await mint({ scopes: ["admin"] });
    expect((await as.delete(`/v1/keys/${id}`)).status).toBe(200);
    expectProblem(await as.get("/v1/keys"), 401, "unauthorized");
  });

  test("a key ends when it expires, also right after it was used", async () => {
    const expired = await mint({ expiresAt: hoursFromNow(-1) });
    expectProblem(await expired.api.get("/v1/communities"), 401, "unauthorized");
    // Used within its time: where the machine is slow, one that lives longer.
    for (const life of [400, 3000, 25_000]) {
      const expiresAt = Date.now() + life;
      const brief = await mint({ expiresAt: new Date(expiresAt).toISOString() });
      const { status } = await brief.api.get("/v1/communities");
      if (Date.now() >= expiresAt) continue;
      expect(status).toBe(200);
      await setTimeout(expiresAt - Date.now() + 50);
      expectProblem(await brief.api.get("/v1/communities"), 401, "unauthorized");
      return;
    }
    throw new Error("nothing is answered within 25 seconds");
  });

  test("a key of one campaign reaches nothing else", async () => {
    const { campaign, invite, community, groups } = await mintCampaign(api);
    const other = await mintCampaign(api);
    const bound = await mint({ scopes: ["admin"], campaignId: campaign.id });
    const as: Api = bound.api;
    expect((await made(as.get("/v1/campaigns"))).data).toMatchObject([{ id: campaign.id }]);
    expect((await made(joinBy(as, campaign.id, invite.code))).outcome).toBe("joined");
    expect((await made(as.get(`/v1/campaigns/${campaign.id}/participants`))).data).toHaveLength(1);
    const stranger = (await made(joinBy(api, other.campaign.id, other.invite.code))).participant;
    const theirs = `/v1/campaigns/${other.campaign.id}`;
    for (const path of [
      theirs,
      `${theirs}/participants`,
      `${theirs}/leaderboard`,
      `${theirs}/ledger`,
      ...["funnel", "timeseries", "growth", "sources", "costs"].map((figures) => `${theirs}/${figures}`),
      `${theirs}/invites`,
      `${theirs}/access-codes`,
      `/v1/participants/${stranger.id}`,
      `/v1/participants/${stranger.id}/tree`,
      ...["ancestors", "children", "path", "generations", "export"].map(
        (what) => `/v1/participants/${stranger.id}/${what}`,
      ),
      `${theirs}/centres`,
      `/v1/invites/${other.invite.id}`,
      `/v1/invites/${other.invite.id}/qr.svg`,
    ]) {
      expectProblem(await as.get(path), 404, "not_found");
    }
    expectProblem(await as.patch(theirs, { name: "Mine" }), 404, "not_found");
    expectProblem(await as.post(`${theirs}/pause`), 404, "not_found");
    expectProblem(await as.post(`${theirs}/invites`, { channel: "x" }), 404, "not_found");
    expectProblem(await as.post(`${theirs}/access-codes`, {}), 404, "not_found");
    expectProblem(await as.post(`/v1/invites/${other.invite.id}/revoke`), 404, "not_found");
    expectProblem(await joinBy(as, campaign.id, other.invite.code), 404, "invite_not_found");
    expectProblem(await joinBy(as, other.campaign.id, other.invite.code), 404, "invite_not_found");
    for (const refused of [
      await as.get("/v1/keys"),
      await as.post("/v1/keys", { name: "x", scopes: ["admin"] }),
      await as.get(`/v1/communities/${community.id}`),
      await as.get(`/v1/groups/${groups[0].id}`),
      await as.post("/v1/campaigns", { communityId: community.id, name: "x", type: "event" }),
      await as.delete(`/v1/keys/${bound.id}`),
    ]) {
      expectProblem(refused, 403, "forbidden");
    }
  });

  test("every fault is told at once; a campaign must be one's own", async () => {
    const wrong = { name: "", scopes: ["root"], expiresAt: "never", secret: "mine" };
    const faults = ["/name", "/scopes/0", "/expiresAt", "/secret"];
    expectProblem(await api.post("/v1/keys", wrong), 400, "invalid_request", ...faults);
    expectProblem(await api.post("/v1/keys", { name: "x", scopes: [] }), 400, "invalid_request", "/scopes");
    const stranger = await mintWorkspace();
    const { campaign } = await mintCampaign(stranger, { publish: false });
    const bound = { name: "x", scopes: ["read"], campaignId: campaign.id };
    expectProblem(await api.post("/v1/keys", bound), 400, "invalid_request", "/campaignId");
  });
});

describe("workspaces", () => {
  test("the installation's first one makes others, which see nothing of each other", async () => {
    const created = await ownerApi().post("/v1/workspaces", { name: "Second" });
    expect(created.status).toBe(201);
    expect(created.json).toEqual({
      id: expect.stringMatching(/^wsp_/),
      name: "Second",
      key: expect.stringMatching(/^qrv_/),
    });
    const fresh = apiWith(created.json.key);
    for (const list of ["communities", "campaigns"]) {
      expect((await fresh.get(`/v1/${list}`)).json.data).toEqual([]);
    }
    expect((await fresh.get("/v1/keys")).json.data).toHaveLength(1);
    expectProblem(await fresh.post("/v1/workspaces", { name: "Third" }), 403, "forbidden");
    expectProblem(await ownerApi().post("/v1/workspaces", {}), 400, "invalid_request", "/name");
  });
});
