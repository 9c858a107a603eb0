import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, ownerApi, request } from "../support/api.ts";
import { TEST_ENV } from "../support/hosts/host.ts";
import { decodeBoth } from "./support/decode.ts";
import { expectProblem, made } from "./support/expect.ts";
import { Browser, textOf } from "./support/browser.ts";
import { land, mintRotating, scanAndJoin, tokenIn } from "./support/rotating.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const addTo = (inviteId: string, label?: string) =>
  made(api.post(`/v1/invites/${inviteId}/displays`, label === undefined ? {} : { label }));

/** What a screen is told. */
const look = ({ url }: { url: string }) =>
  request(new URL(url).pathname, { headers: { Accept: "application/json" } });

describe("displays", () => {
  test("are created, listed and revoked", async () => {
    const { invite, campaign } = await mintRotating(api);
    const left = await addTo(invite.id, "left");
    const right = await addTo(invite.id);
    expect(left).toEqual({
      id: expect.stringMatching(/^dsp_/),
      campaignId: campaign.id,
      inviteId: invite.id,
      label: "left",
      url: expect.stringMatching(/\/screen\/[0-9a-z]{31}$/),
      createdAt: expect.any(String),
      revokedAt: null,
      lastSeenAt: null,
    });
    expect(right.label).toBeNull();
    const path = `/v1/invites/${invite.id}/displays`;
    expect((await made(api.get(path))).data).toEqual([right, left]);
    const page = await made(api.get(`${path}?limit=1`));
    expect(page.data).toEqual([right]);
    expect((await made(api.get(`${path}?limit=1&cursor=${page.next}`))).data).toEqual([left]);

    expect((await look(left)).status).toBe(200);
    const revoked = await made(api.post(`/v1/displays/${left.id}/revoke`));
    expect(revoked).toMatchObject({
      id: left.id,
      revokedAt: expect.any(String),
      lastSeenAt: expect.any(String),
    });
    expect(await made(api.post(`/v1/displays/${left.id}/revoke`))).toEqual(revoked);
    expectProblem(await look(left), 404, "display_not_found");
    expect((await look(right)).status).toBe(200);
    for (const [language, words] of [
      ["en", "This screen is no longer in use."],
      ["zh-CN", "该展示页面已停用。"],
    ] as const) {
      const gone = await new Browser(language).open(new URL(left.url).pathname);
      expect(gone.status).toBe(404);
      expect(textOf(gone.text)).toContain(words);
    }
  });

  test("are for rotating invites only, of the own workspace, and wrong ones are told", async () => {
    const { invite } = await mintCampaign(api);
    const path = `/v1/invites/${invite.id}/displays`;
    expectProblem(await api.post(path, {}), 409, "not_rotating");
    expectProblem(
      await api.post(path, { label: "", colour: 1 }),
      400,
      "invalid_request",
      "/label",
      "/colour",
    );
    const rotating = await mintRotating(api);
    const display = await addTo(rotating.invite.id);
    const stranger = await mintWorkspace();
    expectProblem(await stranger.post(`/v1/invites/${rotating.invite.id}/displays`, {}), 404, "not_found");
    expectProblem(await stranger.get(`/v1/invites/${rotating.invite.id}/displays`), 404, "not_found");
    expectProblem(await stranger.post(`/v1/displays/${display.id}/revoke`), 404, "not_found");
    expect((await look(display)).status).toBe(200);
  });

  test("a key that is bound to another campaign reaches none", async () => {
    const [mine, other] = [await mintRotating(api), await mintRotating(api)];
    const { key } = await made(
      api.post("/v1/keys", { name: "bound", scopes: ["write"], campaignId: other.campaign.id }),
    );
    const display = await addTo(mine.invite.id);
    const headers = { Authorization: `Bearer ${key}` };
    const revoke = await request(`/v1/displays/${display.id}/revoke`, { method: "POST", headers });
    expectProblem(revoke, 404, "not_found");
    expectProblem(await request(`/v1/invites/${mine.invite.id}/displays`, { headers }), 404, "not_found");
    expect((await look(display)).status).toBe(200);
  });

  test("a link that was altered, or is of another kind, opens no screen", async () => {
    const { invite } = await mintRotating(api);
    const { url } = await addTo(invite.id);
    const seal = url.split("/").at(-1) as string;
    const joined = await made(scanAndJoin(api, invite.id));
    const pass = joined.pass.split("/").at(-1) as string;
    const last = seal.endsWith("0") ? "1" : "0";
    for (const wrong of [`${seal.slice(0, -1)}${last}`, seal.slice(1), `${seal}0`, pass, "x"]) {
      expectProblem(await look({ url: new URL(`/screen/${wrong}`, url).href }), 404, "display_not_found");
    }
    expect((await request(`/p/${seal}`, { headers: { Accept: "application/json" } })).status).toBe(404);
    expect((await look({ url: new URL(`/screen/${seal.toUpperCase()}`, url).href })).status).toBe(200);
  });
});

describe("a screen", () => {
  test("is told its codes, seats and people, and no secret", async () => {
    const { invite, campaign, community } = await mintRotating(api, {
      groups: [
        { name: "First", capacity: 2 },
        { name: "Second", capacity: 3 },
      ],
    });
    const display = await addTo(invite.id);
    const answer = await look(display);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(answer.json).toEqual({
      now: expect.any(Number),
      periodSeconds: 300,
      closed: null,
      community: community.name,
      campaign: campaign.name,
      group: "First",
      seatsLeft: 5,
      joined: 0,
      codes: expect.any(Array),
    });
    const { codes, now } = answer.json;
    expect(codes.length).toBeGreaterThanOrEqual(2);
    for (const [i, code] of codes.entries()) {
      expect(Object.keys(code).sort()).toEqual(["from", "svg", "token", "until", "url"]);
      expect(code.until - code.from).toBe(2 * 300_000);
      expect(code.from).toBe(codes[0].from + i * 300_000);
    }
    expect(codes[0].from).toBeLessThanOrEqual(now);
    expect(now).toBeLessThan(codes[1].from);
    expect(new Set(codes.map(({ token }: { token: string }) => token)).size).toBe(codes.length);
    const page = await request(new URL(display.url).pathname, { headers: { Accept: "text/html" } });
    expect(page.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    for (const text of [answer.text, page.text]) {
      for (const secret of [TEST_ENV.QROVE_SECRET, TEST_ENV.QROVE_ADMIN_KEY, api.key, ownerApi().key]) {
        expect(text).not.toContain(secret);
      }
      // Nor any long text that could be a key in disguise.
      const long = text.replace(/data:[^"]*|<svg.*?<\/svg>|<script.*?<\/script>|<style.*?<\/style>/gs, "");
      expect(long.match(/[A-Za-z0-9+/_-]{48,}/g)?.filter((run) => !run.includes("/"))).toBeFalsy();
    }
    expect(page.text).not.toContain(codes[0].token);

    for (let i = 0; i < 2; i++) await made(scanAndJoin(api, invite.id));
    expect((await look(display)).json).toMatchObject({ group: "Second", seatsLeft: 3, joined: 2 });
  });

  test("shows QR codes that both decoders read, and that lead to the gate", async () => {
    const { invite } = await mintRotating(api);
    const { codes } = (await look(await addTo(invite.id))).json;
    for (const { svg, url } of codes) {
      const read = await decodeBoth(svg);
      expect(read).toEqual({ jsqr: url, zxing: [url] });
      expect(url).toBe(url.toUpperCase());
    }
    const landing = await request(new URL(codes[0].url).pathname, {
      headers: { Accept: "application/json" },
    });
    expect(landing.status).toBe(200);
    expect(landing.json.ticket).toEqual(expect.any(String));
  });

  test("does not disturb another: two of them, and reloads, show codes that are all good", async () => {
    const { invite } = await mintRotating(api);
    const screens = [await addTo(invite.id, "left"), await addTo(invite.id, "right")];
    const seen: string[] = [];
    for (const display of [...screens, ...screens, screens[0]]) {
      seen.push((await look(display)).json.codes[0].token);
      await request(new URL(display.url).pathname, { headers: { Accept: "text/html" } });
      for (const token of seen) expect((await land(invite.code, token)).status).toBe(200);
    }
  });

  test("says why nobody gets in, and then gives no codes", async () => {
    const { invite, campaign } = await mintRotating(api, { invite: { maxUses: 1 } });
    const display = await addTo(invite.id);
    const move = (verb: string) => made(api.post(`/v1/campaigns/${campaign.id}/${verb}`));
    await move("pause");
    expect((await look(display)).json).toMatchObject({ closed: "campaign_paused", codes: [] });
    await move("resume");
    expect((await look(display)).json).toMatchObject({ closed: null });
    await made(scanAndJoin(api, invite.id));
    expect((await look(display)).json).toMatchObject({ closed: "invite_used_up", codes: [], joined: 1 });
    await made(api.post(`/v1/invites/${invite.id}/revoke`));
    expect((await look(display)).json).toMatchObject({ closed: "invite_revoked", codes: [] });
    await move("end");
    expect((await look(display)).json).toMatchObject({ closed: "campaign_over", codes: [] });
  });

  test("of an invite that no longer rotates says so", async () => {
    const { invite, campaign } = await mintCampaign(api, {
      campaign: { rotation: { mode: "rotating", periodSeconds: 300 } },
    });
    const display = await addTo(invite.id);
    await made(api.patch(`/v1/campaigns/${campaign.id}`, { rotation: { mode: "static" } }));
    expectProblem(await look(display), 409, "not_rotating");
  });
});

describe("rotating the token key", () => {
  test("keeps the codes on screens good, makes new ones, and is refused twice in ten minutes", async () => {
    const workspace = await mintWorkspace();
    const { invite, campaign } = await mintRotating(workspace);
    const display = await made(workspace.post(`/v1/invites/${invite.id}/displays`, {}));
    const old = tokenIn(invite.currentUrl);
    const rotated = await made(workspace.post("/v1/token-key/rotate"));
    expect(rotated).toEqual({ version: 2, rotatedAt: expect.any(String) });
    expect((await land(invite.code, old)).status).toBe(200);
    const fresh = tokenIn((await made(workspace.get(`/v1/invites/${invite.id}`))).currentUrl);
    expect(fresh.slice(9)).not.toBe(old.slice(9));
    expect((await land(invite.code, fresh)).status).toBe(200);
    expect((await look(display)).json.codes[0].token.slice(0, 1)).toBe("2");
    expectProblem(await workspace.post("/v1/token-key/rotate"), 409, "conflict");
    expect((await land(invite.code, old)).status).toBe(200);
    // A retired or future version stands for no key at all.
    expectProblem(await land(invite.code, `3${fresh.slice(1)}`), 410, "token_key_retired");
    // Another workspace's key is its own.
    const other = await mintRotating(api);
    expect(tokenIn(other.invite.currentUrl).slice(0, 1)).toBe("1");
    const { json } = await land(invite.code, fresh);
    const joined = await joinBy(workspace, campaign.id, invite.code, undefined, { ticket: json.ticket });
    expect(joined.json.outcome).toBe("joined");
  });

  test("is for admin keys of the whole workspace", async () => {
    const workspace = await mintWorkspace();
    const { campaign } = await mintCampaign(workspace);
    for (const body of [
      { name: "writer", scopes: ["write"] },
      { name: "bound", scopes: ["admin"], campaignId: campaign.id },
    ]) {
      const { key } = await made(workspace.post("/v1/keys", body));
      const headers = { Authorization: `Bearer ${key}` };
      expectProblem(await request("/v1/token-key/rotate", { method: "POST", headers }), 403, "forbidden");
    }
    expect((await made(workspace.post("/v1/token-key/rotate"))).version).toBe(2);
  });
});
