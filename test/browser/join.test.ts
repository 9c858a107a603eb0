import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { readQr, startChromium } from "../support/browser.ts";
import { fillIn, overflow, type Phone, submit, takePhone, tick } from "./phone.ts";
import { GROUP_URL, openDoor } from "./world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

describe.each([
  ["with scripts", true],
  ["without scripts", false],
])("a prospect at the gate, in WeChat's browser %s", (_name, scripts) => {
  let door: Awaited<ReturnType<typeof openDoor>>;
  let phone: Phone;
  let ownPage: string;
  beforeAll(async () => {
    door = await openDoor();
    phone = await takePhone(browser, "zh-CN", { scripts });
    await phone.open(door.path);
  });
  afterAll(() => phone?.context.close());

  const participants = async () =>
    (await door.api.get(`/v1/campaigns/${door.campaignId}/participants`)).json.data;

  test("is stopped at the box that is not ticked", async () => {
    const { page } = phone;
    await fillIn(page, "wang@example.com", "Founder");
    await submit(page);
    expect(await page.locator("[name=acknowledged]:invalid").count()).toBe(1);
    expect(await page.locator("form").count()).toBe(1);
    expect(await participants()).toEqual([]);
  });

  test("mistypes, is told so at the field in the page's language, and loses nothing", async () => {
    const { page } = phone;
    await page.getByLabel("身份类型").selectOption("phone");
    await page.getByLabel("您的账号或号码").fill("1380013800");
    await tick(page);
    await submit(page);
    const field = page.getByLabel("您的账号或号码");
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByText("手机号有误").innerText()).toContain("11 位手机号");
    expect(await field.inputValue()).toBe("1380013800");
    expect(await page.getByLabel("职位").inputValue()).toBe("Founder");
    expect(await page.locator("main").innerText()).not.toMatch(/Invalid|is not/);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await participants()).toEqual([]);
  });

  test("reads why a wrong answer is not enough, and sees no link", async () => {
    const { page } = phone;
    await fillIn(page, "wang@example.com", "Student");
    await tick(page);
    await submit(page);
    await page.getByRole("heading", { name: "暂不符合入群条件" }).waitFor();
    expect(await page.locator("main").innerText()).toContain("“职位”不符合入群条件。");
    expect(await page.content()).not.toContain(GROUP_URL);
    expect(await participants()).toEqual([]);
  });

  test("mends that one answer, keeps the rest, and finds the seat on a page of their own", async () => {
    const { page } = phone;
    expect(await page.getByLabel("您的账号或号码").inputValue()).toBe("wang@example.com");
    expect(await page.getByLabel("身份类型").inputValue()).toBe("email");
    expect(await page.locator("[name=acknowledged]").isChecked()).toBe(true);
    await page.getByLabel("职位").selectOption("Founder");
    await submit(page);
    const seat = page.getByRole("link", { name: "进入群聊" });
    expect(await seat.getAttribute("href")).toBe(GROUP_URL);
    expect(page.url()).toContain(`${inject("baseUrl")}/p/`);
    expect(await participants()).toHaveLength(1);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    ownPage = page.url();
  });

  test("keeps the page over a reload, which joins nobody twice", async () => {
    const { page } = phone;
    await page.reload();
    expect(page.url()).toBe(ownPage);
    expect(await page.getByRole("link", { name: "进入群聊" }).count()).toBe(1);
    expect(await participants()).toHaveLength(1);
  });

  test("shows a friend their own QR code: the friend's phone names them as the inviter", async () => {
    const picture = await phone.page.locator("img.qr").screenshot();
    const scanned = await readQr(browser, picture);
    expect(scanned).toMatch(/^HTTP:\/\/[0-9.:]+\/I\/[0-9A-Z]{11}$/);
    expect(scanned?.toLowerCase()).not.toContain(door.code);

    const friend = await takePhone(browser, "zh-CN", { scripts });
    await friend.page.goto(scanned as string);
    const [{ displayName, id }] = await participants();
    expect(await friend.page.locator("main").innerText()).toContain(`邀请人 ${displayName}`);
    await fillIn(friend.page, "li@example.com", "Chair");
    await tick(friend.page);
    await submit(friend.page);
    await friend.page.getByRole("link", { name: "进入群聊" }).waitFor();
    expect((await participants())[0].inviterId).toBe(id);
    await friend.context.close();

    await phone.page.reload();
    const figures = await phone.page.locator(".figures").innerText();
    expect(figures.replace(/\s+/g, " ")).toMatch(/1 直接邀请 1 团队人数 1 排名/);
  });

  test("hears at the invite that they are in already, and finds back from there", async () => {
    await phone.open(door.path);
    expect(await phone.page.locator("main").innerText()).toContain("您已经加入。");
    await phone.page.getByRole("link", { name: "打开我的页面" }).click();
    expect(await phone.page.getByRole("link", { name: "进入群聊" }).getAttribute("href")).toBe(GROUP_URL);
  });

  test("is not given away: whoever types the same identity elsewhere learns nothing", async () => {
    const stranger = await takePhone(browser, "zh-CN", { scripts });
    await stranger.open(door.path);
    await fillIn(stranger.page, "wang@example.com", "Founder");
    await tick(stranger.page);
    await submit(stranger.page);
    await stranger.page.getByRole("heading", { name: "该身份已加入" }).waitFor();
    const source = await stranger.page.content();
    expect(source).not.toContain(GROUP_URL);
    expect(source).not.toContain("/p/");
    await stranger.context.close();
  });

  test("was never asked to load anything from elsewhere", () => {
    // The browser notes the one answer that was a 400: the mistyped form.
    expect(phone.faults).toEqual([expect.stringMatching(/status of 400/)]);
  });
});
