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
import { expectProblem, made } from "./support/expect.ts";
import { Browser, textOf } from "./support/browser.ts";
import { land, mintRotating, scanLive, tokenIn } from "./support/rotating.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const replace = (id: string) => api.post(`/v1/invites/${id}/replace`);

describe("replacing an invite's code", () => {
  test("gives it a new one; the old one says so, by every door; uses and people stay", async () => {
    const { campaign, invite } = await mintCampaign(api, { invite: { maxUses: 3, label: "Line 2" } });
    const identity = newIdentity();
    const first = await made(joinBy(api, campaign.id, invite.code, identity));
    const replaced = await made(replace(invite.id));
    expect(replaced).toEqual({ ...invite, code: replaced.code, url: replaced.url, uses: 1 });
    expect(replaced.code).not.toBe(invite.code);
    expectProblem(await land(invite.code, null), 410, "invite_replaced");
    expectProblem(await land(invite.code.toUpperCase(), null), 410, "invite_replaced");
    expectProblem(await joinAtGate(invite.code, { identity: newIdentity() }), 410, "invite_replaced");
    expectProblem(await joinBy(api, campaign.id, invite.code), 410, "invite_replaced");
    expect((await land(replaced.code, null)).status).toBe(200);
    const again = await made(joinBy(api, campaign.id, replaced.code, identity));
    expect(again).toMatchObject({ outcome: "already_joined", participant: first.participant });
    expect((await made(joinBy(api, campaign.id, replaced.code))).outcome).toBe("joined");
    expect((await made(api.get(`/v1/invites/${invite.id}`))).uses).toBe(2);
    expect((await made(api.get(`/v1/campaigns/${campaign.id}/participants`))).data).toHaveLength(2);
  });

  test.each([
    ["en", "This code was replaced by a new one. Ask the organiser for it."],
    ["zh-CN", "该二维码已更换，请向组织者索取新的二维码。"],
  ])("has a page of its own in %s", async (language, words) => {
    const { invite } = await mintCampaign(api);
    await made(replace(invite.id));
    const page = await new Browser(language).open(`/i/${invite.code}`);
    expect(page.status).toBe(410);
    expect(textOf(page.text)).toContain(words);
  });

  test("twice leaves both old codes dead and one good", async () => {
    const { invite } = await mintCampaign(api);
    const second = await made(replace(invite.id));
    const third = await made(replace(invite.id));
    for (const { code } of [invite, second]) expectProblem(await land(code, null), 410, "invite_replaced");
    expect((await land(third.code, null)).status).toBe(200);
    const [a, b] = await Promise.all([made(replace(invite.id)), made(replace(invite.id))]);
    const { code } = await made(api.get(`/v1/invites/${invite.id}`));
    expect([a.code, b.code]).toContain(code);
    for (const old of [a.code, b.code, third.code].filter((one) => one !== code)) {
      expectProblem(await land(old, null), 410, "invite_replaced");
    }
    expect((await land(code, null)).status).toBe(200);
  });

  test("of a revoked invite is refused, and changes nothing", async () => {
    const { invite } = await mintCampaign(api);
    await made(api.post(`/v1/invites/${invite.id}/revoke`));
    expectProblem(await replace(invite.id), 410, "invite_revoked");
    expect((await made(api.get(`/v1/invites/${invite.id}`))).code).toBe(invite.code);
    expectProblem(await land(invite.code, null), 410, "invite_revoked");
  });

  test("of a rotating one keeps its screens and tickets: they are the invite's, not the code's", async () => {
    const { invite } = await mintRotating(api);
    const display = await made(api.post(`/v1/invites/${invite.id}/displays`, {}));
    const { ticket } = await scanLive(api, invite.id);
    const { code } = await made(replace(invite.id));
    expectProblem(await land(invite.code, tokenIn(invite.currentUrl)), 410, "invite_replaced");
    const { codes } = await made(
      request(new URL(display.url).pathname, { headers: { Accept: "application/json" } }),
    );
    expect(new URL(codes[0].url).pathname).toBe(`/I/${code}/${codes[0].token}`.toUpperCase());
    expect((await land(code, codes[0].token)).status).toBe(200);
    expect((await made(joinAtGate(code, { identity: newIdentity(), ticket }))).outcome).toBe("joined");
  });
});
