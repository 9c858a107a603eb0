import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Api, mintCampaign, mintWorkspace } from "../support/api.ts";
import { startChromium } from "../support/browser.ts";
import { overflow, type Phone, submit, takePhone, tick } from "./phone.ts";

const GROUP_URL = "https://example.com/way-into-the-reviewed-group";

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

describe.each([
  ["zh-CN", true],
  ["en", false],
] as const)("somebody who waits for a decision, in %s", (language, scripts) => {
  const say = (en: string, zh: string) => (language === "en" ? en : zh);
  let api: Api;
  let campaignId: string;
  let phone: Phone;
  beforeAll(async () => {
    api = await mintWorkspace();
    const { campaign, invite } = await mintCampaign(api, {
      groups: [{ joinUrl: GROUP_URL }],
      campaign: {
        gate: { kind: "review", reapplyLimit: 1, reapplyAfterHours: 0 },
        timezone: "Asia/Shanghai",
        review: { slaHours: 2 },
      },
    });
    campaignId = campaign.id;
    phone = await takePhone(browser, language, { scripts });
    await phone.open(`/i/${invite.code}`);
  });
  afterAll(() => phone?.context.close());

  const main = () => phone.page.locator("main").innerText();
  const decide = async (verb: "approve" | "reject", reason: string) => {
    const { json } = await api.get(`/v1/campaigns/${campaignId}/reviews?state=open`);
    const answer = await api.post(`/v1/reviews/${json.data[0].id}/${verb}`, { reason });
    expect(answer.status).toBe(200);
  };

  test("sends the form once, and reads where they stand and by when it is decided", async () => {
    const { page } = phone;
    await page.locator("[name='identity.type']").selectOption("email");
    await page.locator("[name='identity.value']").fill("wang@example.com");
    await tick(page);
    await submit(page);
    await page.getByRole("heading", { name: say("Not decided yet", "等待确认") }).waitFor();
    expect(page.url()).toContain(`${inject("baseUrl")}/a/`);
    const told = await main();
    expect(told).toContain(say("The organiser looks at your application.", "组织者正在审核您的申请。"));
    expect(told).toMatch(say("To be decided by", "预计审核完成时间"));
    expect(told).toMatch(/app_[0-9a-z]{11}/);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });

  test("sees the rejection and its reason come by itself, and appeals or applies again from there", async () => {
    const { page } = phone;
    await decide("reject", "Please tell more.");
    await page.getByText("Please tell more.").waitFor({ timeout: 60_000 });
    await page.getByRole("link", { name: say("Ask for another look", "申诉") }).click();
    await page.locator("textarea").fill("I run every day.");
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: say("Send", "提交申诉") }).click();
    await page.getByText(say("it is under way", "正在处理中")).waitFor();
    await page.getByRole("button", { name: say("Apply again", "再次申请") }).click();
    await page.getByRole("heading", { name: say("Not decided yet", "等待确认") }).waitFor();
    const { json } = await api.get(`/v1/campaigns/${campaignId}/reviews?kind=entry`);
    expect(json.data).toMatchObject([{ state: "open", tries: 2 }]);
  });

  test("finds themselves on their own page after the approval, without a click", async () => {
    const { page } = phone;
    await decide("approve", "Welcome.");
    await page.waitForURL(/\/p\/[0-9a-z]+/, { timeout: 60_000 });
    const seat = page.getByRole("link", { name: say("Open the group", "进入群聊") });
    expect(await seat.getAttribute("href")).toBe(GROUP_URL);
    expect(await main()).toContain(say("Your own invite", "您的专属邀请"));
    const { json } = await api.get(`/v1/campaigns/${campaignId}/participants`);
    expect(json.data).toHaveLength(1);
  });

  test("was never asked to load anything from elsewhere", () => {
    expect(phone.faults).toEqual([]);
  });
});
