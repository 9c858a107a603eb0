import { beforeAll, describe, expect, inject, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace, request } from "../support/api.ts";
import { decodeBoth, readPng } from "./support/decode.ts";
import { expectProblem, made } from "./support/expect.ts";

let api: Api;
let invite: { id: string; code: string; url: string };
beforeAll(async () => {
  api = await mintWorkspace();
  ({ invite } = await mintCampaign(api));
});

/** An image as it came over the wire: the API's with its key, the public one without. */
async function image(path: string): Promise<{ type: string; bytes: Uint8Array }> {
  const headers: Record<string, string> = path.startsWith("/v1/")
    ? { Authorization: `Bearer ${api.key}` }
    : {};
  const response = await fetch(`${inject("baseUrl")}${path}`, { headers });
  expect(response.status).toBe(200);
  return {
    type: response.headers.get("Content-Type") ?? "",
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
}

const read = async (path: string) => {
  const { type, bytes } = await image(path);
  return decodeBoth(type.startsWith("image/svg") ? new TextDecoder().decode(bytes) : bytes);
};

describe("an invite's QR code", () => {
  test("is read by two decoders as the invite's URL, as SVG and as PNG, and the URL opens it", async () => {
    const { campaign } = await mintCampaign(api);
    const own = (await made(joinBy(api, campaign.id, (await channel(campaign.id)).code))).invite;
    for (const path of [
      `/v1/invites/${invite.id}/qr.png`,
      `/v1/invites/${invite.id}/qr.svg`,
      `/i/${own.code}/qr.png`,
      `/I/${own.code.toUpperCase()}/qr.svg`,
    ]) {
      const { jsqr, zxing } = await read(path);
      const url = path.startsWith("/v1/") ? invite.url : own.url;
      expect(jsqr.toLowerCase(), path).toBe(url.toLowerCase());
      expect(zxing, path).toEqual([jsqr]);
      const scanned = await request(new URL(jsqr).pathname, { headers: { Accept: "application/json" } });
      expect(scanned.json.invite.code).toBe(url.split("/i/")[1]);
    }
  });

  test("is in alphanumeric mode, so that it is small enough for a poster", async () => {
    const { jsqr } = await read(`/v1/invites/${invite.id}/qr.png`);
    expect(jsqr).toMatch(/^[0-9A-Z $%*+\-./:]+$/);
    // Version 3 has 29 modules a side; the quiet zone adds four on each.
    const svg = new TextDecoder().decode((await image(`/v1/invites/${invite.id}/qr.svg`)).bytes);
    expect(Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1])).toBeLessThanOrEqual(29 + 8);
  });

  test.each([
    "size=64&margin=2&level=L",
    "size=2048&level=H&margin=16",
    "level=Q&dark=%231a2b3c&light=ffeedd",
    "dark=0000aa&light=ffff00",
  ])("is readable in the style %s", async (style) => {
    for (const format of ["png", "svg"]) {
      const { jsqr, zxing } = await read(`/v1/invites/${invite.id}/qr.${format}?${style}`);
      expect(jsqr.toLowerCase()).toBe(invite.url.toLowerCase());
      expect(zxing).toEqual([jsqr]);
    }
  });

  test("has the size and the colours that were asked for", async () => {
    const { type, bytes } = await image(`/v1/invites/${invite.id}/qr.png?size=500&dark=102030&light=f0f1f2`);
    expect(type).toBe("image/png");
    const { width, height, data } = readPng(bytes);
    expect(width).toBe(height);
    expect(width).toBeGreaterThan(450);
    expect(width).toBeLessThanOrEqual(500);
    const colours = new Set<string>();
    for (let i = 0; i < data.length; i += 4) colours.add(data.subarray(i, i + 3).join());
    expect([...colours].sort()).toEqual(["16,32,48", "240,241,242"]);
    const svg = await image(`/v1/invites/${invite.id}/qr.svg?size=500`);
    expect(svg.type).toBe("image/svg+xml");
    expect(new TextDecoder().decode(svg.bytes)).toContain('width="500" height="500"');
  });

  test("a style that no scanner would read, or that does not exist, is refused field by field", async () => {
    const paths = [`/v1/invites/${invite.id}/qr.svg`, `/i/${invite.code}/qr.png`];
    for (const path of paths) {
      const ask = (query: string) =>
        request(`${path}?${query}`, {
          headers: { Authorization: `Bearer ${api.key}`, Accept: "application/json" },
        });
      const wrong = await ask("size=63&margin=1&level=Z&dark=red&light=12345&logo=x");
      const fields = ["?size", "?margin", "?level", "?dark", "?light", "?logo"];
      expectProblem(wrong, 400, "invalid_request", ...fields);
      for (const query of ["dark=ffffff&light=000000", "dark=888888&light=999999"]) {
        expectProblem(await ask(query), 400, "invalid_request", "?dark");
      }
      for (const size of ["2049", "1e9", "NaN", "-64", "64.5", "0x100000"]) {
        expectProblem(await ask(`size=${size}`), 400, "invalid_request", "?size");
      }
    }
  });

  test("a code that cannot exist has no image", async () => {
    const headers = { Accept: "application/json" };
    for (const code of ["x", "%00", "..%2F..", "0".repeat(11)]) {
      expectProblem(await request(`/i/${code}/qr.png`, { headers }), 404, "invite_not_found");
    }
  });
});

const channel = (campaignId: string) =>
  made(api.post(`/v1/campaigns/${campaignId}/invites`, { channel: "live stream" }));
