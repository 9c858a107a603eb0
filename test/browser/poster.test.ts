import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import {
  fetchBytes,
  fetchPicture,
  logoPixels,
  pngOf,
  pixelsOf,
  putPicture,
  readBoth,
} from "../http/support/pictures.ts";
import { mintCampaign, mintWorkspace } from "../support/api.ts";
import { startChromium } from "../support/browser.ts";

let browser: Browser;
let folder: string;
beforeAll(async () => {
  [browser, folder] = await Promise.all([startChromium(), mkdtemp(join(tmpdir(), "qrove-poster-"))]);
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

test.each(["", "&logo=1&dark=103a6b&light=fff6e0&lang=zh-CN"])(
  "the poster's page draws a PNG that scans, from the server and from a file%s",
  async (style) => {
    const api = await mintWorkspace();
    const { community, invite } = await mintCampaign(api);
    await putPicture(api, `/v1/communities/${community.id}/logo`, pngOf(logoPixels()));
    const path = `/v1/invites/${invite.id}/poster.html?width=720${style}`;
    const { bytes } = await fetchBytes(api, path);
    const file = join(folder, "poster.html");
    await writeFile(file, bytes);
    const context = await browser.newContext({ extraHTTPHeaders: { Authorization: `Bearer ${api.key}` } });
    const faults: string[] = [];
    for (const address of [`${inject("baseUrl")}${path}`, pathToFileURL(file).href]) {
      const page = await context.newPage();
      page.on("console", (message) => {
        if (message.type() === "error" && !message.location().url.endsWith("/favicon.ico")) {
          faults.push(message.text());
        }
      });
      page.on("pageerror", (error) => faults.push(error.message));
      await page.goto(address);
      const link = page.locator("#save");
      await link.waitFor({ state: "visible" });
      expect(await link.getAttribute("download")).toBe(`poster-${invite.code}.png`);
      const [, base64 = ""] =
        /^data:image\/png;base64,(.+)$/.exec((await link.getAttribute("href")) ?? "") ?? [];
      const png = Uint8Array.from(Buffer.from(base64, "base64"));
      const pixels = pixelsOf(png);
      expect([pixels.width, pixels.height]).toEqual([720, 1280]);
      expect((await readBoth({ pixels, png })).toLowerCase()).toBe(invite.url.toLowerCase());
      await page.close();
    }
    expect(faults).toEqual([]);
    await context.close();
    expect((await readBoth(await fetchPicture(api, path.replace(".html", ".svg")))).toLowerCase()).toBe(
      invite.url.toLowerCase(),
    );
  },
);
