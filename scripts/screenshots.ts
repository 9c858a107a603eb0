// Takes the pictures of README.md from the built server: npm run screenshots.
import type { Browser } from "playwright-core";
import { apiWith } from "../test/support/api.ts";
import { newPhone, startChromium } from "../test/support/browser.ts";
import { startNodeServer, temporaryFolder } from "../test/support/processes.ts";

const FOLDER = "docs/images";
const ADMIN_KEY = "qrv-screenshots-only-not-a-secret";
const NAMES = [
  "陈静",
  "Marco",
  "王磊",
  "Aiko",
  "赵敏",
  "Lena",
  "孙浩",
  "Priya",
  "周婷",
  "Tomás",
  "吴迪",
  "Noor",
];

const CONTENT = {
  "zh-CN": {
    community: {
      name: "江南独立开发者",
      purpose: "每周一次线下共创：互相试用产品，给出诚实的反馈。",
      organiser: { name: "林晓", contact: "lin@makers.example", verified: true },
      goal: "三个月内，每人上线一个有人付费的产品。",
      values: ["坦诚", "先予后取", "动手"],
      rules: ["禁止广告与拉票。", "群内内容不外传。", "每周至少试用一个产品。"],
      commercialIntent: "none",
    },
    groups: ["共创一群", "共创二群"],
    campaign: "秋季共创营",
    role: { label: "您的角色", value: ["开发", "设计", "产品"] },
  },
  en: {
    community: {
      name: "Riverside Indie Makers",
      purpose: "We meet every week, try each other's products and say what we really think.",
      organiser: { name: "Lin Xiao", contact: "lin@makers.example", verified: true },
      goal: "Everybody ships one product that somebody pays for, in three months.",
      values: ["Candour", "Give first"],
      rules: ["No advertising.", "What is said here stays here."],
      commercialIntent: "none",
    },
    groups: ["Makers 1", "Makers 2"],
    campaign: "Autumn Sprint",
    role: { label: "Your role", value: ["Developer", "Designer", "Product"] },
  },
} as const;
type Language = keyof typeof CONTENT;

type Stage = { url: string; code: string; board: unknown; screen: string };

/** A community, a published campaign, and twelve people who brought each other. */
async function setUp(url: string, language: Language): Promise<Stage> {
  const { role, ...content } = CONTENT[language];
  const api = apiWith(ADMIN_KEY, url);
  const made = async (path: string, body: unknown = {}) => {
    const { status, json, text } = await api.post(path, body);
    if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
    return json;
  };
  const community = await made("/v1/communities", content.community);
  for (const [i, name] of content.groups.entries()) {
    const joinUrl = `https://work.weixin.qq.com/gm/makers-${i}`;
    await made(`/v1/communities/${community.id}/groups`, { name, carrier: "wecom", joinUrl });
  }
  const campaign = await made("/v1/campaigns", {
    communityId: community.id,
    name: content.campaign,
    type: "event",
    timezone: "Asia/Shanghai",
    gate: { kind: "answer", field: "role", op: "in", ...role, options: role.value },
  });
  await made(`/v1/campaigns/${campaign.id}/publish`);
  const invite = await made(`/v1/campaigns/${campaign.id}/invites`, { channel: "poster" });
  const live = await made(`/v1/campaigns/${campaign.id}/invites`, {
    channel: "screen",
    rotation: { mode: "rotating" },
  });
  const display = await made(`/v1/invites/${live.id}/displays`, { label: "hall" });

  const codes = [invite.code];
  for (const [i, displayName] of NAMES.entries()) {
    const joined = await made(`/v1/campaigns/${campaign.id}/joins`, {
      // Two or three friends each, and the first ones more.
      invite: codes[Math.ceil(i / 2.4)],
      identity: { type: "custom", value: displayName },
      acknowledged: true,
      answers: { role: role.value[i % 3] },
      displayName,
    });
    codes.push(joined.invite.code);
  }
  const board = await api.get(`/v1/campaigns/${campaign.id}/leaderboard?metric=team&limit=3`);
  return { url, code: codes[1] as string, board: board.json, screen: new URL(display.url).pathname };
}

/** The landing page on a phone, and after the form also the page of whoever sent it. */
async function shootPhone(browser: Browser, { url, code }: Stage, language: Language): Promise<void> {
  const phone = await newPhone(browser, { language });
  const page = await phone.newPage();
  await page.goto(`${url}/i/${code}`);
  await page.screenshot({ path: `${FOLDER}/landing${language === "en" ? "-en" : ""}.png` });
  if (language === "zh-CN") {
    await page.locator("[name='identity.value']").fill("xuyi_2026");
    await page.locator("[name='answers.role']").selectOption(CONTENT[language].role.value[0]);
    await page.locator("[name=displayName]").fill("徐一");
    await page.locator("[name=acknowledged]").check();
    await page.locator("form button[type=submit]").click();
    await page.locator("img.qr").waitFor();
    await page.screenshot({ path: `${FOLDER}/own-page.png` });
  }
  await phone.close();
}

/** The live screen as a projector shows it. */
async function shootScreen(browser: Browser, { url, screen }: Stage, language: Language): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: language });
  const page = await context.newPage();
  await page.goto(`${url}${screen}`);
  await page.locator("#code img").waitFor();
  await page.screenshot({ path: `${FOLDER}/screen.png` });
  await context.close();
}

const escape = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** The leaderboard's answer as a terminal would show it. */
async function shootBoard(browser: Browser, { board }: Stage): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 700, height: 400 }, deviceScaleFactor: 1.5 });
  const command = `$ curl -H "Authorization: Bearer $KEY" "$QROVE/v1/campaigns/$CAMPAIGN/leaderboard?metric=team&limit=3" | jq`;
  await page.setContent(
    `<style>body{margin:0;background:#0e1319;color:#d7e0ea;font:13px/1.5 "DejaVu Sans Mono","Noto Sans Mono CJK SC",monospace}
     pre{margin:0;padding:20px;font:inherit;white-space:pre-wrap}b{color:#3fbf85;font-weight:400}</style>
     <pre><b>${escape(command)}</b>\n${escape(JSON.stringify(board, null, 2))}</pre>`,
  );
  await page.locator("pre").screenshot({ path: `${FOLDER}/leaderboard.png` });
  await page.close();
}

const folder = await temporaryFolder();
const server = await startNodeServer({
  QROVE_DATA: folder.path,
  QROVE_ADMIN_KEY: ADMIN_KEY,
  PUBLIC_URL: "https://qr.makers.example",
});
const browser = await startChromium();
try {
  const stage = await setUp(server.url, "zh-CN");
  await shootPhone(browser, stage, "zh-CN");
  const english = await setUp(server.url, "en");
  await shootPhone(browser, english, "en");
  await shootScreen(browser, english, "en");
  await shootBoard(browser, stage);
} finally {
  await browser.close();
  await server.stop();
  await folder.remove();
}
console.log(`The pictures are in ${FOLDER}.`);
