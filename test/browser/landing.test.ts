import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startChromium } from "../support/browser.ts";
import { overflow, type Phone, takePhone } from "./phone.ts";
import { GROUP_URL, openDoor } from "./world.ts";

let browser: Browser;
let door: Awaited<ReturnType<typeof openDoor>>;
beforeAll(async () => {
  [browser, door] = await Promise.all([startChromium(), openDoor()]);
});
afterAll(() => browser?.close());

const SPOKEN = {
  "zh-CN": {
    labels: ["组织者", "目标", "价值观", "群规", "商业意图", "剩余名额"],
    intent: "偶尔：可能会有少量商业信息。",
    box: "我已了解本群的用途和组织者，并接受群规。",
    submit: "同意并加入",
    other: "English",
  },
  en: {
    labels: ["Organiser", "Goal", "Values", "Rules", "Commercial intent", "Seats left"],
    intent: "Occasional: offers may appear now and then.",
    box: "I have read what this group is for and who runs it, and I accept its rules.",
    submit: "Agree and join",
    other: "中文",
  },
} as const;

describe.each(["zh-CN", "en"] as const)("the landing page in WeChat's browser, in %s", (language) => {
  const spoken = SPOKEN[language];
  let phone: Phone;
  beforeAll(async () => {
    phone = await takePhone(browser, language);
    await phone.open(door.path);
  });
  afterAll(() => phone?.context.close());

  test("says what the group is, who runs it and what is asked, in the reader's language", async () => {
    const { page } = phone;
    expect(await page.locator("html").getAttribute("lang")).toBe(language);
    const text = await page.locator("main").innerText();
    for (const told of [
      "创始人早餐会",
      "每月一次，创始人坦诚交流经营中的难题。",
      "林晓",
      "每个人都带走一个可以马上尝试的办法。",
      "坦诚 · 先予后取",
      "禁止广告。",
      "群内内容不外传。",
      spoken.intent,
      ...spoken.labels,
    ]) {
      expect(text).toContain(told);
    }
  });

  test("tells all of it above the form, and the first things without scrolling", async () => {
    const { page } = phone;
    const bottom = async (selector: string) => {
      const box = await page.locator(selector).first().boundingBox();
      return (box?.y ?? Number.NaN) + (box?.height ?? Number.NaN);
    };
    const form = await page.locator("form").boundingBox();
    expect(await bottom("dl")).toBeLessThan(form?.y ?? 0);
    expect(await bottom("h1 ~ p:not(.soft)")).toBeLessThan(844);
    expect(await bottom("dd")).toBeLessThan(844);
  });

  test("has no way into the group anywhere in its source", async () => {
    const source = await phone.page.content();
    expect(source).not.toContain(GROUP_URL);
    expect(source).not.toContain("way-into");
    expect(await phone.page.locator("a[href^='http']").count()).toBe(0);
  });

  test("is operated by its labels, and fits a small screen", async () => {
    const { page } = phone;
    await page.getByLabel(spoken.box).waitFor();
    await page.getByRole("button", { name: spoken.submit }).waitFor();
    await page.getByLabel("职位").waitFor();
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 390, height: 844 });
  });

  test("asks no other host for anything, and breaks none of its own rules", async () => {
    expect(phone.faults).toEqual([]);
  });

  test("changes its language on request", async () => {
    const { page } = phone;
    await page.getByRole("link", { name: spoken.other }).click();
    expect(await page.locator("html").getAttribute("lang")).toBe(language === "en" ? "zh-CN" : "en");
  });
});

test("an invite that does not exist is refused in plain words", async () => {
  const phone = await takePhone(browser, "zh-CN");
  await phone.open("/i/22222222222");
  expect(await phone.page.locator("main").innerText()).toContain("邀请不存在，请检查链接或索取新的邀请。");
  await phone.context.close();
});
