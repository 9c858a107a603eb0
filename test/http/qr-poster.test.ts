import { beforeAll, describe, expect, test } from "vitest";
import { type Api, COMMUNITY, mintCampaign, mintWorkspace, request } from "../support/api.ts";
import { textOf } from "./support/browser.ts";
import { expectProblem, hoursFromNow, made } from "./support/expect.ts";
import {
  drawSvg,
  fetchBytes,
  fetchPicture,
  logoPixels,
  pngOf,
  putPicture,
  readBoth,
} from "./support/pictures.ts";
import { doesAll } from "./support/share.ts";

const WIDTHS = [360, 540, 720, 1080];
const STYLES = [
  "",
  "&dark=103a6b&light=fff6e0",
  "&logo=1&logoArea=15",
  "&logo=1&logoArea=15&dark=103a6b&light=fff6e0&lang=zh-CN",
];

let api: Api;
let path: string;
let url: string;
let community: string;
beforeAll(async () => {
  api = await mintWorkspace();
  const world = await mintCampaign(api);
  path = `/v1/invites/${world.invite.id}/poster`;
  url = world.invite.url;
  community = `/v1/communities/${world.community.id}`;
  await putPicture(api, `${community}/logo`, pngOf(logoPixels()));
});

/** Node draws PNGs, workerd does not. */
const canDraw = ({ file }: { file: { projectName?: string } }) =>
  file.projectName?.startsWith("node") === true;

const svgOf = async (at = path, query = "") =>
  new TextDecoder().decode((await fetchBytes(api, `${at}.svg?${query}`)).bytes);

describe("an invite's poster", () => {
  test.for(WIDTHS)(
    "%i pixels wide is read by two decoders, plain, coloured and with a logo",
    async (width, { task }) => {
      // A drawing is the same on every host: all styles in all sizes on one, on the others one style a size.
      const styles = doesAll() ? STYLES : [STYLES[WIDTHS.indexOf(width)] as string];
      for (const style of styles) {
        const svg = await fetchPicture(api, `${path}.svg?width=${width}${style}`);
        expect([svg.pixels.width, svg.pixels.height], style).toEqual([width, Math.round((width * 16) / 9)]);
        expect((await readBoth(svg)).toLowerCase(), style).toBe(url.toLowerCase());
        if (!canDraw(task)) continue;
        const png = await fetchPicture(api, `${path}.png?width=${width}${style}`);
        expect([png.pixels.width, png.pixels.height], style).toEqual([width, Math.round((width * 16) / 9)]);
        expect((await readBoth(png)).toLowerCase(), style).toBe(url.toLowerCase());
      }
    },
  );

  test("is a PNG where the host can draw one, and elsewhere says what to take instead", async ({ task }) => {
    const { headers, bytes } = await fetchBytes(api, `${path}.png`);
    if (canDraw(task)) {
      expect(headers.get("Content-Type")).toBe("image/png");
      const { pixels } = await fetchPicture(api, `${path}.png`);
      expect([pixels.width, pixels.height]).toEqual([720, 1280]);
    } else {
      const problem = JSON.parse(new TextDecoder().decode(bytes));
      expect(problem).toMatchObject({ status: 501, code: "not_available_here" });
      expect(problem.title).toContain("poster.html");
    }
  });

  test("says what it is, who runs it, until when it is good, and where it leads, in both languages", async () => {
    const { campaign } = await mintCampaign(api, { campaign: { timezone: "Asia/Shanghai" } });
    const expiresAt = "2099-03-01T16:30:00.000Z";
    const invite = await made(api.post(`/v1/campaigns/${campaign.id}/invites`, { channel: "x", expiresAt }));
    const at = `/v1/invites/${invite.id}/poster`;
    const english = textOf(await svgOf(at));
    for (const words of [
      COMMUNITY.name,
      COMMUNITY.purpose,
      "Spring",
      "Organised by Lin",
      "Valid until Mar 2, 2099, 12:30",
      "Asia/Shanghai",
      invite.url,
    ]) {
      expect(english).toContain(words);
    }
    const chinese = textOf(await svgOf(at, "lang=zh-CN"));
    for (const words of ["组织者 Lin", "有效期至 2099年3月2日", "扫码"]) expect(chinese).toContain(words);
    expect(textOf(await svgOf())).toContain("This code does not expire");
    await made(api.patch(`/v1/campaigns/${campaign.id}`, { endsAt: "2098-01-01T00:00:00Z" }));
    expect(textOf(await svgOf(at))).toContain("Valid until Jan 1, 2098, 8:00");
  });

  test("takes any text: hostile ones are only letters, long ones are cut", async () => {
    const hostile = `</text><script>alert(1)</script>&amp;"'><image href="https://evil.example/x.png"/>]]>`;
    const world = await mintCampaign(api);
    await made(
      api.patch(`/v1/communities/${world.community.id}`, {
        name: hostile,
        purpose: `${hostile}\n${"很长的说明，".repeat(60)}`,
        organiser: { name: `\u202e${hostile}`, verified: true },
      }),
    );
    const at = `/v1/invites/${world.invite.id}/poster`;
    for (const lang of ["en", "zh-CN"]) {
      const svg = await svgOf(at, `lang=${lang}`);
      expect(svg).not.toMatch(/<script|<image|\u202e/);
      expect(svg).toContain("&lt;/text&gt;&lt;script&gt;");
      expect(svg).toContain("…");
      expect((await readBoth(drawSvg(svg))).toLowerCase()).toBe(world.invite.url.toLowerCase());
      const page = new TextDecoder().decode((await fetchBytes(api, `${at}.html?lang=${lang}`)).bytes);
      expect(page.match(/<script/g)).toHaveLength(1);
    }
  });

  test("has Chinese letters in the PNG where the machine has a font with them", async ({ task }) => {
    if (!canDraw(task)) return;
    const world = await mintCampaign(api);
    const at = `/v1/invites/${world.invite.id}/poster.png`;
    const name = async (words: string) => {
      await made(api.patch(`/v1/communities/${world.community.id}`, { name: words }));
      const { pixels } = await fetchPicture(api, at);
      return Buffer.from(pixels.data.subarray(0, pixels.width * 190 * 4)).toString("base64");
    };
    const fonts = { loadSystemFonts: true } as unknown as { loadSystemFonts: false };
    const glyph = (letter: string) =>
      drawSvg(
        `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><text y="45" font-size="40" font-family="Noto Sans CJK SC">${letter}</text></svg>`,
        60,
        fonts,
      ).pixels.data;
    const hasFont = Buffer.compare(Buffer.from(glyph("早")), Buffer.from(glyph("餐"))) !== 0;
    expect((await name("早早早")) !== (await name("餐餐餐"))).toBe(hasFont);
  });

  test("comes as a page that needs nothing else and runs only its own script", async () => {
    const { status, headers, bytes } = await fetchBytes(api, `${path}.html?width=540`);
    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    const html = new TextDecoder().decode(bytes);
    const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? "";
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script));
    const hash = Buffer.from(digest).toString("base64");
    expect(headers.get("Content-Security-Policy")).toContain(`script-src 'sha256-${hash}'`);
    const [, source = ""] = /src="data:image\/svg\+xml;base64,([^"]+)"/.exec(html) ?? [];
    expect(Buffer.from(source, "base64").toString()).toBe(await svgOf(path, "width=540"));
    expect(html.replaceAll(source, "")).not.toMatch(/https?:\/\//);
  });

  test("is refused for what would not work on paper, or would not scan", async () => {
    const { campaign, invite } = await mintCampaign(api);
    const invites = `/v1/campaigns/${campaign.id}/invites`;
    const rotating = await made(api.post(invites, { channel: "screen", rotation: { mode: "rotating" } }));
    const short = await made(
      api.post(invites, { channel: "x", expiresAt: hoursFromNow(-1), startsAt: hoursFromNow(-2) }),
    );
    await made(api.post(`/v1/invites/${invite.id}/revoke`));
    for (const format of ["svg", "png", "html"]) {
      const get = (id: string, query = "") => api.get(`/v1/invites/${id}/poster.${format}?${query}`);
      expectProblem(await get(rotating.id), 409, "rotating_not_printable");
      expectProblem(await get(short.id), 410, "invite_expired");
      expectProblem(await get(invite.id), 410, "invite_revoked");
      const ask = (query: string) => api.get(`${path}.${format}?${query}`);
      for (const width of ["359", "2161", "x", "720.5"]) {
        expectProblem(await ask(`width=${width}`), 400, "invalid_request", "?width");
      }
      expectProblem(await ask("dark=ffffff&light=000000&colour=1"), 400, "invalid_request", "?colour");
      expectProblem(await ask("dark=ffffff&light=000000"), 400, "invalid_request", "?dark");
      expectProblem(await ask("logo=1&logoArea=16"), 400, "invalid_request", "?logoArea");
      expectProblem(await ask("logo=1&level=Q"), 400, "invalid_request", "?level");
    }
  });

  test("is another workspace's: 404", async () => {
    const stranger = await mintWorkspace();
    for (const format of ["svg", "png", "html"]) {
      expectProblem(await stranger.get(`${path}.${format}`), 404, "not_found");
      expectProblem(await request(`${path}.${format}`), 401, "unauthorized");
    }
  });
});
