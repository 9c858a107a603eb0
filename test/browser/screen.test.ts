import { setTimeout } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { mintRotating, scanAndJoin } from "../http/support/rotating.ts";
import { made } from "../http/support/expect.ts";
import { type Api, mintWorkspace, request } from "../support/api.ts";
import { readQr, startChromium } from "../support/browser.ts";

let browser: Browser;
let api: Api;
beforeAll(async () => {
  [browser, api] = await Promise.all([startChromium(), mintWorkspace()]);
});
afterAll(() => browser?.close());

const PATIENCE = { timeout: 30_000, interval: 100 };
const LOST = "Connection lost. Trying again…";
const STALE = "This code is too old. Waiting for the network…";

/** An invite whose code turns every five seconds, or slower, and a link for its screen. */
async function openHall(periodSeconds = 5) {
  const hall = await mintRotating(api, { invite: { rotation: { mode: "rotating", periodSeconds } } });
  const display = await made(api.post(`/v1/invites/${hall.invite.id}/displays`, { label: "hall" }));
  return { ...hall, display, path: new URL(display.url).pathname as string };
}

type Options = { locale?: string; clock?: number; before?: (page: Page) => Promise<unknown> };

/** A projector that shows a screen. */
async function project(path: string, { locale = "en", clock, before }: Options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) faults.push(message.text());
  });
  if (clock !== undefined) await page.clock.install({ time: clock });
  await before?.(page);
  await page.goto(new URL(path, inject("baseUrl")).href);
  return { context, page, faults };
}

/** The URL in the code that is shown, as the page says. */
const shownUrl = async (page: Page): Promise<string> => {
  await page.locator("#code img").waitFor();
  return (await page.locator("#code").getAttribute("data-url")) as string;
};

/** The URL in the code that is shown, which is good. */
async function goodUrl(page: Page): Promise<string> {
  const url = await shownUrl(page);
  expect(await statusOf(url)).toBe(200);
  return url;
}

/**
 * A camera reads from the screen a code that was shown while it looked: on a slow machine taking the picture is longer
 * than a period, and so is reading it. The first code and the last one are good while they are shown.
 */
async function expectReadable(page: Page): Promise<void> {
  const shown = new Set([await goodUrl(page)]);
  const taken = new AbortController();
  const watch = async () => {
    for (; !taken.signal.aborted; await setTimeout(100)) shown.add(await shownUrl(page));
  };
  const [picture] = await Promise.all([page.screenshot().finally(() => taken.abort()), watch()]);
  shown.add(await goodUrl(page));
  expect([...shown]).toContain(await readQr(browser, picture));
}

/** Waits until another code is shown. */
async function nextUrl(page: Page, before: string): Promise<string> {
  for (let round = 0; round < 600; round++) {
    const url = await shownUrl(page);
    if (url !== before) return url;
    await setTimeout(50);
  }
  throw new Error("the code did not change within thirty seconds");
}

const note = (page: Page) => page.locator("#note").textContent();

async function expectNote(page: Page, text: string): Promise<void> {
  for (let round = 0; round < 300 && (await note(page)) !== text; round++) await setTimeout(100);
  expect(await note(page)).toBe(text);
}

const statusOf = async (url: string): Promise<number> =>
  (await request(new URL(url).pathname, { headers: { Accept: "application/json" } })).status;

/** Counts the frames in which no whole code is shown. */
const WATCH = `(function () {
  var box = document.getElementById("code");
  window.framesSeen = 0; window.framesEmpty = 0;
  (function look() {
    var image = box.firstChild;
    window.framesSeen++;
    if (!image || !image.complete || !image.naturalWidth || box.childNodes.length !== 1) window.framesEmpty++;
    requestAnimationFrame(look);
  })();
})()`;

// They mostly wait for the clock: so they wait together.
describe.concurrent("the screen in a real Chromium", () => {
  test("for two periods: the code changes without flicker, every code that a camera sees is good", async ({
    expect,
  }) => {
    const { path, invite, community, groups } = await openHall();
    const { page, context, faults } = await project(path);
    let url = await shownUrl(page);
    await page.evaluate(WATCH);
    const seen: string[] = [];
    for (let period = 0; period < 3; period++) {
      if (period > 0) url = await nextUrl(page, url);
      await expectReadable(page);
      seen.push(url);
      if (period === 0) await made(scanAndJoin(api, invite.id));
    }
    expect(new Set(seen).size).toBe(3);
    for (const one of seen) expect(new URL(one).pathname).toMatch(new RegExp(`^/I/${invite.code}/`, "i"));
    expect(await page.locator("#community").textContent()).toBe(community.name);
    expect(await page.locator("#group").textContent()).toBe(groups[0].name);
    await expect.poll(() => page.locator("#joined").textContent(), PATIENCE).toBe("1");
    expect(await page.locator("#seats").textContent()).toBe("9");
    expect(await note(page)).toBe("");
    await expect.poll(() => page.evaluate<number>("window.framesSeen"), PATIENCE).toBeGreaterThan(100);
    expect(await page.evaluate<number>("window.framesEmpty")).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  test("offline for ten seconds: it says so, goes on with codes that are good, and recovers", async () => {
    const { path, invite } = await openHall();
    const { page, context, faults } = await project(path);
    await shownUrl(page);
    await context.setOffline(true);
    // Going offline takes nothing away; which code is shown may change at any moment.
    expect(await page.locator("#code img").count()).toBe(1);
    const seen = new Set<string>();
    for (const end = Date.now() + 10_000; Date.now() < end; await setTimeout(1000)) {
      seen.add(await goodUrl(page));
    }
    expect(await note(page)).toBe(LOST);
    expect(seen.size).toBeGreaterThanOrEqual(2);
    await made(scanAndJoin(api, invite.id));
    expect(await page.locator("#joined").textContent()).toBe("0");
    await context.setOffline(false);
    await expectNote(page, "");
    expect(await page.locator("#joined").textContent()).toBe("1");
    expect(await statusOf(await nextUrl(page, await shownUrl(page)))).toBe(200);
    expect(faults).toEqual([]);
    await context.close();
  });

  test("offline for longer than its codes last: it dims them, says that they are too old, and recovers", async () => {
    const { path } = await openHall();
    const { page, context } = await project(path, { clock: Date.now() });
    await shownUrl(page);
    await context.setOffline(true);
    await page.clock.fastForward(60_000);
    await expectNote(page, STALE);
    expect(await page.locator("body").getAttribute("class")).toBe("stale");
    await context.setOffline(false);
    await expectNote(page, "");
    expect(await page.locator("body").getAttribute("class")).toBe("");
    expect(await statusOf(await shownUrl(page))).toBe(200);
    await context.close();
  });

  test("a login page in between, or a server that fails, is not taken for an answer", async () => {
    const { path } = await openHall();
    const asks = (url: URL) => url.pathname === path;
    const { page, context } = await project(path);
    await shownUrl(page);
    for (const answer of [
      { status: 200, contentType: "text/html", body: "<h1>Log in to this Wi-Fi</h1>" },
      { status: 404, contentType: "text/html", body: "not here" },
      { status: 503, contentType: "application/json", body: '{"code":"busy"}' },
    ]) {
      await page.route(asks, (route) => route.fulfill(answer));
      await expectNote(page, LOST);
      await page.unroute(asks);
      await expectNote(page, "");
    }
    expect(await statusOf(await shownUrl(page))).toBe(200);
    await context.close();
  });

  test("without network from the first moment on it says so, and starts when there is one", async () => {
    const { path } = await openHall();
    const isAsk = "**/screen/**";
    const { page, context } = await project(path, {
      before: (opened) =>
        opened.route(isAsk, (route) =>
          route.request().resourceType() === "document" ? route.continue() : route.abort(),
        ),
    });
    await expectNote(page, LOST);
    await page.unroute(isAsk);
    await expectNote(page, "");
    expect(await statusOf(await shownUrl(page))).toBe(200);
    await context.close();
  });

  test.each([-3 * 3_600_000, 2 * 86_400_000])(
    "a clock that is wrong by %i ms shows good codes",
    async (off) => {
      const { path } = await openHall();
      const { page, context } = await project(path, { clock: Date.now() + off });
      const first = await shownUrl(page);
      expect(await statusOf(first)).toBe(200);
      // Looked up as soon as it is shown: a screen that is ahead of the server would show it too early.
      expect(await statusOf(await nextUrl(page, first))).toBe(200);
      await context.close();
    },
  );

  test("revoked, it says that it is no longer in use, and shows no code", async () => {
    const { path, display } = await openHall();
    const { page, context } = await project(path, { locale: "zh-CN" });
    await shownUrl(page);
    await made(api.post(`/v1/displays/${display.id}/revoke`));
    await expectNote(page, "该展示页面已停用。");
    expect(await page.locator("#code img").count()).toBe(0);
    await page.reload();
    expect(await page.locator("main").innerText()).toContain("该展示页面已停用。");
    await context.close();
  });

  test("closed, it says why and shows no code; open again, it goes on", async () => {
    const { path, campaign } = await openHall();
    const { page, context } = await project(path);
    await shownUrl(page);
    await made(api.post(`/v1/campaigns/${campaign.id}/pause`));
    await expectNote(page, "This is paused for the moment. Come back later.");
    expect(await page.locator("#code img").count()).toBe(0);
    await made(api.post(`/v1/campaigns/${campaign.id}/resume`));
    await expectNote(page, "");
    expect(await statusOf(await shownUrl(page))).toBe(200);
    await context.close();
  });

  test("two screens and a reload show good codes all the time", async () => {
    const { path, invite } = await openHall();
    const second = await made(api.post(`/v1/invites/${invite.id}/displays`, {}));
    const screens = [await project(path), await project(new URL(second.url).pathname)];
    for (let round = 0; round < 6; round++) {
      for (const { page } of screens) expect(await statusOf(await shownUrl(page))).toBe(200);
      await screens[round % 2]?.page.reload();
      await setTimeout(700);
    }
    for (const { context } of screens) await context.close();
  });
});

describe("the screen in a real Chromium, in all sizes", () => {
  test.each([
    [1920, 1080],
    [1024, 768],
    [800, 600],
    [768, 1024],
    [390, 844],
  ])("on %i × %i nothing is cut off, and the code takes most of the smaller side", async (width, height) => {
    const { path } = await openHall(300);
    const { page, context } = await project(path);
    await page.setViewportSize({ width, height });
    await shownUrl(page);
    for (const part of ["#code", "#bar", "#community", "#figures", "#note"]) {
      const box = await page.locator(part).boundingBox();
      expect(box?.x, part).toBeGreaterThanOrEqual(0);
      expect(box?.y, part).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0), part).toBeLessThanOrEqual(width);
      expect((box?.y ?? 0) + (box?.height ?? 0), part).toBeLessThanOrEqual(height);
    }
    const code = await page.locator("#code").boundingBox();
    expect(code?.width).toBeGreaterThan(Math.min(width, height) * 0.6);
    await expectReadable(page);
    await context.close();
  });
});
