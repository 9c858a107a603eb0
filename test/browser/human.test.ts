import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mintCampaign, mintWorkspace } from "../support/api.ts";
import { messageTo } from "../http/support/contacts.ts";
import { startChromium } from "../support/browser.ts";
import { overflow, type Phone, takePhone } from "./phone.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

const join = "button[type=submit]:not([formaction]):not(.unseen)";

async function door(gate: unknown): Promise<string> {
  const { invite } = await mintCampaign(await mintWorkspace(), { campaign: { gate } });
  return `/i/${invite.code}`;
}

async function fill({ page }: Phone, email: string): Promise<void> {
  await page.locator("[name='identity.type']").selectOption("email");
  await page.locator("[name='identity.value']").fill(email);
  await page.locator("[name=acknowledged]").check();
}

/** The page has done its work: its field is filled. */
const solved = ({ page }: Phone) =>
  page.locator("#proof:not([value=''])").waitFor({ state: "attached", timeout: 60_000 });

describe("the page's own check", () => {
  test("is worked out while the form is filled in, at the usual difficulty, and lets in", async () => {
    const phone = await takePhone(browser, "zh-CN");
    await phone.open(await door({ kind: "human" }));
    await fill(phone, "Änna+1@例子.example");
    const began = Date.now();
    await solved(phone);
    console.log(`the usual proof took ${Date.now() - began} ms in Chromium`);
    await phone.page.locator(join).click();
    await phone.page.waitForURL(/\/p\//);
    expect(phone.faults).toEqual([]);
    await phone.context.close();
  });

  test("is waited for by whoever is faster, and done anew for another identity", async () => {
    const phone = await takePhone(browser, "en");
    await phone.open(await door({ kind: "human", difficulty: 14 }));
    const { page } = phone;
    await fill(phone, "first@example.com");
    await solved(phone);
    const first = await page.locator("#proof").inputValue();
    await page.locator("[name='identity.value']").fill("second@example.com");
    await page.locator(join).click();
    await page.waitForURL(/\/p\//);
    expect(first).toContain("first%40example.com");
    expect(phone.faults).toEqual([]);
    await phone.context.close();
  });

  test("keeps the page alive: no task of it is long", async () => {
    const phone = await takePhone(browser, "en");
    await phone.open(await door({ kind: "human", difficulty: 24 }));
    const { page } = phone;
    await fill(phone, "busy@example.com");
    const longest = await page.evaluate<number>(`new Promise((done) => {
      let last = 0, most = 0, ticks = 0;
      const tick = () => {
        const now = performance.now();
        if (last > 0) most = Math.max(most, now - last);
        last = now;
        if (++ticks < 60) setTimeout(tick, 0); else done(most);
      };
      setTimeout(tick, 600);
    })`);
    console.log(`the longest wait of another task was ${Math.round(longest)} ms`);
    expect(await page.locator("[name=displayName]").isEditable()).toBe(true);
    await phone.context.close();
  });

  test("says without scripts that it needs them", async () => {
    const phone = await takePhone(browser, "zh-CN", { scripts: false });
    await phone.open(await door({ kind: "human" }));
    expect(await phone.page.locator("main").innerText()).toContain("JavaScript");
    await phone.context.close();
  });

  test("comes before a code that is sent: the button waits for it too, and what was typed stays", async () => {
    const phone = await takePhone(browser, "zh-CN");
    const { page } = phone;
    await phone.open(await door({ all: [{ kind: "human", difficulty: 14 }, { kind: "verifiedContact" }] }));
    const email = `code${Date.now()}@example.com`;
    await page.locator("[name='identity.type']").selectOption("email");
    await page.locator("[name='identity.value']").fill(email);
    await page.getByLabel("显示名称").fill("小安");
    await page.getByRole("button", { name: "获取验证码" }).click();
    await page.getByText("验证码已发出").waitFor();
    expect(await page.locator("[name='identity.value']").inputValue()).toBe(email);
    expect(await page.getByLabel("显示名称").inputValue()).toBe("小安");
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    const { code } = await messageTo(email);
    await page.locator("[name=acknowledged]").check();
    await page.getByLabel("您收到的验证码").fill(code);
    // Enter joins: it does not send another code.
    await page.getByLabel("您收到的验证码").press("Enter");
    await page.waitForURL(/\/p\//);
    expect(phone.faults).toEqual([]);
    await phone.context.close();
  });
});

test("a code is asked for and typed in without any script", async () => {
  const phone = await takePhone(browser, "en", { scripts: false });
  const { page } = phone;
  await phone.open(await door({ kind: "verifiedContact" }));
  const email = `plain${Date.now()}@example.com`;
  await fill(phone, email);
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByText("A code is on its way").waitFor();
  const { code } = await messageTo(email);
  expect(await page.locator("[name=acknowledged]").isChecked()).toBe(true);
  await page.getByLabel("The code that was sent to you").fill(code);
  await page.locator(join).click();
  await page.waitForURL(/\/p\//);
  await phone.context.close();
});
