import type { Browser, BrowserContext, Page } from "playwright-core";
import { inject } from "vitest";
import { newPhone } from "../support/browser.ts";

/** A phone with an open page, and everything that it should not have seen. */
export type Phone = {
  page: Page;
  context: BrowserContext;
  /** Requests to other hosts, and what the browser complained about. */
  faults: string[];
  open: (path: string) => Promise<void>;
};

/** Takes a phone in hand. */
export async function takePhone(
  browser: Browser,
  language: "zh-CN" | "en",
  options: { scripts?: boolean } = {},
): Promise<Phone> {
  const base = inject("baseUrl");
  const context = await newPhone(browser, { language, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(`${base}/`)) faults.push(`asked for ${request.url()}`);
  });
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`${message.location().url}: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(error.message));
  return {
    page,
    context,
    faults,
    open: async (path) => {
      await page.goto(new URL(path, base).href);
    },
  };
}

/** Types in who one is, and what one is. */
export async function fillIn(page: Page, email: string, title: string): Promise<void> {
  await page.locator("[name='identity.type']").selectOption("email");
  await page.locator("[name='identity.value']").fill(email);
  await page.locator("[name='answers.title']").selectOption(title);
}

export const tick = (page: Page): Promise<void> => page.locator("[name=acknowledged]").check();

export const submit = (page: Page): Promise<void> => page.locator("form button[type=submit]").click();

/** How far a page is wider than the screen, in CSS pixels. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
