import jsQR from "jsqr";
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium } from "playwright-core";

const DEBIAN = "/usr/bin/chromium";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Whether somebody named a Chromium for this machine, or it has Debian's. */
export const hasChromium = (): boolean => Boolean(process.env["CHROMIUM"]) || existsSync(DEBIAN);

/**
 * Starts a real Chromium without a window.
 * @throws an Error that says what to install or set where there is none
 */
export async function startChromium(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM"] || DEBIAN;
  if (!existsSync(executablePath)) {
    throw new Error(`No Chromium at ${executablePath}: install it, or name one in CHROMIUM.`);
  }
  return chromium.launch({ executablePath, args: FLAGS, headless: true });
}

/** How WeChat's own browser calls itself on Android. */
const WECHAT =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UD1A.230803.041; wv) AppleWebKit/537.36 (KHTML, like Gecko) " +
  "Version/4.0 Chrome/126.0.6478.188 Mobile Safari/537.36 MicroMessenger/8.0.50.2701(0x28003255) NetType/4G";

type Phone = { language: "zh-CN" | "en"; scripts?: boolean };

/** Somebody's phone with WeChat's browser: its own cookies, and a small screen. */
export const newPhone = (browser: Browser, { language, scripts = true }: Phone): Promise<BrowserContext> =>
  browser.newContext({
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    locale: language,
    userAgent: `${WECHAT} Language/${language === "en" ? "en" : "zh_CN"}`,
    javaScriptEnabled: scripts,
  });

/** Turns a picture into its pixels, in a page. As text: the types of a page's globals are not those of the tests. */
const PIXELS = `async (base64) => {
  const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64," + base64)).blob());
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let text = "";
  for (const byte of data) text += String.fromCharCode(byte);
  return { width, height, pixels: btoa(text) };
}`;

/** Reads the QR code in a picture, as a camera would see it; null when there is none. */
export async function readQr(browser: Browser, picture: Buffer): Promise<string | null> {
  const page = await browser.newPage();
  try {
    const { width, height, pixels } = await page.evaluate<{ width: number; height: number; pixels: string }>(
      `(${PIXELS})(${JSON.stringify(picture.toString("base64"))})`,
    );
    return jsQR(Uint8ClampedArray.from(Buffer.from(pixels, "base64")), width, height)?.data ?? null;
  } finally {
    await page.close();
  }
}
