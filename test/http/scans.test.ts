import { setTimeout } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, newIdentity, request } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { timeless } from "./support/timeless.ts";
import { clearOfEnd, HOUR } from "./support/clock.ts";

type Source = { channel: string | null; medium: string | null; scans: number; joins: number };

const PHONE =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 " +
  "Mobile Safari/537.36 MicroMessenger/8.0.50.2701(0x28003255) NetType/4G";
const LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

/** A visitor counts once an hour: no test may begin just before one ends. */
beforeEach(() => clearOfEnd(HOUR));

const scan = (code: string, headers: Record<string, string> = {}, method = "GET") =>
  request(`/i/${code}`, { method, headers: { "User-Agent": PHONE, ...headers } });

const scansOf = async (campaignId: string): Promise<number> => {
  const { steps } = await made(api.get(`/v1/campaigns/${campaignId}/funnel`));
  expect(steps[0].step).toBe("scans");
  return steps[0].people;
};

/** Waits until `expected` scans are counted (on Workers they are kept after the answer), and no more come. */
async function expectScans(campaignId: string, expected: number): Promise<void> {
  for (let round = 0; round < 200 && (await scansOf(campaignId)) < expected; round++) await setTimeout(100);
  await setTimeout(300);
  expect(await scansOf(campaignId)).toBe(expected);
}

describe("scans", () => {
  test("a visitor counts once an invite and hour, as HTML or as JSON; another browser counts again", async () => {
    const { campaign, invite } = await mintCampaign(api);
    expect(await scansOf(campaign.id)).toBe(0);
    for (const accept of ["text/html", "application/json"]) {
      const page = await scan(invite.code, { Accept: accept });
      expect(page.status).toBe(200);
      expect(page.headers.get("X-Round-Trips")).toBe("1");
      // The browser is told of its own arrival, which counting does not need: it never sends it here.
      expect(page.headers.getSetCookie()).toEqual([expect.stringMatching(/^qrove_t/)]);
    }
    await expectScans(campaign.id, 1);
    expect((await scan(invite.code.toUpperCase(), { "User-Agent": LAPTOP })).status).toBe(200);
    await expectScans(campaign.id, 2);
    const other = await made(api.post(`/v1/campaigns/${campaign.id}/invites`, { channel: "newsletter" }));
    expect((await scan(other.code)).status).toBe(200);
    await expectScans(campaign.id, 3);
  });

  test("what was seen at once is counted exactly", async () => {
    const { campaign, invite } = await mintCampaign(api);
    const visits = Array.from({ length: 60 }, (_, i) => `${PHONE} Device/${i % 20}`);
    const answers = await Promise.all(
      visits.map((userAgent) => scan(invite.code, { "User-Agent": userAgent })),
    );
    expect(answers.map(({ status }) => status)).toEqual(visits.map(() => 200));
    await expectScans(campaign.id, 20);
  });

  test("bots, previews, prefetches and HEAD change nothing that counts", async () => {
    const { campaign, invite, community } = await mintCampaign(api, { groups: [{ capacity: 3 }] });
    const counted = async () => ({
      funnel: timeless(await made(api.get(`/v1/campaigns/${campaign.id}/funnel`))),
      sources: timeless(await made(api.get(`/v1/campaigns/${campaign.id}/sources`))),
      invite: await made(api.get(`/v1/invites/${invite.id}`)),
      groups: await made(api.get(`/v1/communities/${community.id}/groups`)),
      ledger: await made(api.get(`/v1/campaigns/${campaign.id}/ledger`)),
      participants: await made(api.get(`/v1/campaigns/${campaign.id}/participants`)),
      board: (await made(api.get(`/v1/campaigns/${campaign.id}/leaderboard?metric=direct`))).data,
    });
    const before = await counted();
    for (const userAgent of [
      "TelegramBot (like TwitterBot)",
      "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
      "WhatsApp/2.23.20.0 A",
      "facebookexternalhit/1.1;line-poker/1.0",
      "DingTalkBot-LinkService/1.0 (+https://open-doc.dingtalk.com/document/dingtalkbot-linkservice)",
      "curl/8.9.1",
      "",
    ]) {
      expect((await scan(invite.code, { "User-Agent": userAgent })).status).toBe(200);
    }
    expect((await scan(invite.code, {}, "HEAD")).status).toBe(200);
    expect((await scan(invite.code, { Purpose: "prefetch" })).status).toBe(200);
    expect((await scan(invite.code, { "Sec-Purpose": "prefetch;prerender" })).status).toBe(200);
    await expectScans(campaign.id, 0);
    expect(await counted()).toEqual(before);
    // The person behind that prefetch, from the same browser in the same hour, does count.
    expect((await scan(invite.code)).status).toBe(200);
    await expectScans(campaign.id, 1);
  });

  test("only a page that showed the invite is a scan", async () => {
    const { campaign, invite } = await mintCampaign(api);
    await made(api.post(`/v1/invites/${invite.id}/revoke`));
    expect((await scan(invite.code)).status).toBe(410);
    expect((await scan("nothing")).status).toBe(404);
    await expectScans(campaign.id, 0);
  });

  test("sources tell what each channel and medium brought", async () => {
    const { campaign, invite } = await mintCampaign(api, { invite: { channel: "poster", medium: "hall 1" } });
    const path = `/v1/campaigns/${campaign.id}/sources`;
    const read = async () => {
      const { data, truncated } = await made(api.get(path));
      return {
        data: data.map(({ channel, medium, scans, joins }: Source) => ({ channel, medium, scans, joins })),
        truncated,
      };
    };
    expect(await read()).toEqual({ data: [], truncated: false });
    const add = (channel: string, medium?: string) =>
      made(api.post(`/v1/campaigns/${campaign.id}/invites`, { channel, ...(medium ? { medium } : {}) }));
    const [same, stream] = [await add("poster", "hall 1"), await add("live stream")];
    for (const { code } of [invite, same, stream]) expect((await scan(code)).status).toBe(200);
    const first = await made(joinBy(api, campaign.id, invite.code, newIdentity()));
    await made(joinBy(api, campaign.id, same.code, newIdentity()));
    await made(joinBy(api, campaign.id, first.invite.code, newIdentity()));
    await expectScans(campaign.id, 3);
    expect(await read()).toEqual({
      data: [
        { channel: "poster", medium: "hall 1", scans: 2, joins: 2 },
        { channel: null, medium: null, scans: 0, joins: 1 },
        { channel: "live stream", medium: null, scans: 1, joins: 0 },
      ],
      truncated: false,
    });
    const stranger = await mintWorkspace();
    expectProblem(await stranger.get(path), 404, "not_found");
  });
});
