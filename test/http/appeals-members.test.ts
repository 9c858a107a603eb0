import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, newIdentity } from "../support/api.ts";
import { Browser, tagsOf, textOf } from "./support/browser.ts";
import { expectProblem, made } from "./support/expect.ts";
import { pageOf, send, until } from "./support/reviews.ts";

let api: Api;
beforeAll(async () => {
  api = await mintWorkspace();
});

const RULES = { everyHours: 24, action: "queue", credits: "void", exemptTags: [], readWithinDays: null };

/** Somebody of level 5 who is in, where level 3 is asked for again and again. */
async function mintMember(recheck: object, group: Record<string, unknown> = {}) {
  const world = await mintCampaign(api, {
    groups: [group],
    campaign: {
      gate: { kind: "level", min: 3, recheck: true },
      recheck: { ...RULES, ...recheck },
    },
  });
  const identity = newIdentity();
  const rise = (level: number) =>
    made(api.put(`/v1/communities/${world.community.id}/members`, { members: [{ identity, level }] }));
  await rise(5);
  const joined = await made(joinBy(api, world.campaign.id, world.invite.code, identity));
  const path = new URL(joined.pass).pathname;
  // oxlint-disable-next-line typescript/no-explicit-any
  const page = (): Promise<any> => pageOf(path);
  const appealOf = async () =>
    (await made(api.get(`/v1/campaigns/${world.campaign.id}/reviews?kind=appeal`))).data[0];
  return { path, rise, page, appealOf, participantId: joined.participant.id };
}

describe("a member who no longer passes", () => {
  test("reads why and until when on their own page, appeals once, and is spared when it is granted", async () => {
    const { rise, page, path, appealOf, participantId } = await mintMember({ graceHours: 72 });
    expect((await page()).warning).toBeNull();
    expectProblem(await send(`${path}/appeal`, { statement: "Why?" }), 409, "appeal_refused");
    await rise(1);
    const { warning } = await until(page, (one) => one.warning !== null);
    expect(warning).toMatchObject({
      state: "warned",
      reasons: [{ criterion: "level", code: "level_too_low" }],
      mayAppeal: true,
      appeal: null,
    });
    expect(Date.parse(warning.until) - Date.parse(warning.since)).toBe(72 * 3_600_000);

    const browser = new Browser("zh-CN");
    const own = await browser.open(`${path}?lang=zh-CN`);
    expect(textOf(own.text)).toMatch(/您已不再符合入群条件.*需要等级 3.*请在此时间前处理/);
    const [link] = tagsOf(own.text, "a").filter(({ href = "" }) => href.includes("/appeal"));
    const form = await browser.open(link?.["href"] ?? "");
    const sent = await browser.send(form, { statement: "我在休产假。" });
    expect(sent.status).toBe(303);
    expect(textOf((await browser.open(`${path}?lang=zh-CN`)).text)).toContain("您的申诉正在处理中");
    expectProblem(await send(`${path}/appeal`, { statement: "again" }), 409, "appeal_refused");

    const appeal = await appealOf();
    expect(appeal).toMatchObject({
      kind: "appeal",
      queue: ":removal",
      participantId,
      applicationId: null,
      evidence: {
        identity: null,
        statement: "我在休产假。",
        leaves: [{ criterion: "level", result: "fail" }],
      },
    });
    await made(api.post(`/v1/reviews/${appeal.id}/approve`, { reason: "Enjoy it." }));
    await until(page, (one) => one.warning === null);
  });

  test("whose appeal is turned down stays warned, and appeals no more until they cease to pass anew", async () => {
    const { rise, page, path, appealOf } = await mintMember({ graceHours: 72 });
    await rise(1);
    await until(page, (one) => one.warning !== null);
    const many = await Promise.all(
      Array.from({ length: 5 }, (_, i) => send(`${path}/appeal`, { statement: `at once ${i}` })),
    );
    expect(many.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409, 409, 409, 409]);
    const { id } = await appealOf();
    await made(api.post(`/v1/reviews/${id}/reject`, { reason: "Sorry." }));
    expect((await page()).warning).toMatchObject({
      state: "warned",
      mayAppeal: false,
      appeal: { state: "rejected", reason: "Sorry." },
    });
    const own = await new Browser().open(path);
    expect(textOf(own.text)).toMatch(/it stays as it was\. Sorry\./);
    expect((await send(`${path}/appeal`, { statement: "again" })).status).toBe(409);
    await rise(5);
    await until(page, (one) => one.warning === null);
    await rise(1);
    expect((await until(page, (one) => one.warning !== null)).warning).toMatchObject({ mayAppeal: true });
    expect((await send(`${path}/appeal`, { statement: "a new one" })).status).toBe(201);
    expect(await appealOf()).toMatchObject({ id, state: "open", tries: 2 });
  });

  test("who was removed by a re-check is restored when their appeal is granted", async () => {
    const { rise, page, path, appealOf, participantId } = await mintMember(
      { graceHours: 0, action: "remove" },
      { carrier: "telegram", joinUrl: "https://t.me/+abcdefgh" },
    );
    await rise(1);
    const { warning } = await until(page, (one) => one.warning?.state === "removed");
    expect(warning.mayAppeal).toBe(true);
    expect(await made(api.get(`/v1/participants/${participantId}`))).toMatchObject({ standing: "removed" });
    expect((await send(`${path}/appeal`, { statement: "I paid." })).status).toBe(201);
    await made(api.post(`/v1/reviews/${(await appealOf()).id}/approve`));
    await until(page, (one) => one.warning === null);
    expect(await made(api.get(`/v1/participants/${participantId}`))).toMatchObject({ standing: "good" });
  });

  test("whom an operator removed has nothing to appeal here", async () => {
    const { path, page, participantId } = await mintMember({ graceHours: 72 });
    await made(api.post(`/v1/participants/${participantId}/remove`, { cause: "sells followers" }));
    expect((await page()).warning).toBeNull();
    expectProblem(await send(`${path}/appeal`, { statement: "Why?" }), 409, "appeal_refused");
  });
});
