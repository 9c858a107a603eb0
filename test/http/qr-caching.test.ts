import { beforeAll, describe, expect, test } from "vitest";
import { type Api, joinBy, mintCampaign, mintWorkspace } from "../support/api.ts";
import { made } from "./support/expect.ts";
import { fetchBytes, logoPixels, pngOf, putPicture, qrPixels } from "./support/pictures.ts";

let api: Api;
let community: string;
let group: string;
let invite: { id: string; code: string };
let rotating: { id: string };
let pass: string;
beforeAll(async () => {
  api = await mintWorkspace();
  const world = await mintCampaign(api);
  invite = world.invite;
  community = `/v1/communities/${world.community.id}`;
  group = `/v1/groups/${world.groups[0].id}`;
  await putPicture(api, `${community}/logo`, pngOf(logoPixels()));
  await putPicture(api, `${group}/qr`, pngOf(qrPixels("https://example.com/1")));
  const channel = { channel: "screen", rotation: { mode: "rotating" } };
  rotating = await made(api.post(`/v1/campaigns/${world.campaign.id}/invites`, channel));
  pass = new URL((await made(joinBy(api, world.campaign.id, invite.code))).pass).pathname;
});

const paths = (): Record<string, string> => ({
  [`/v1/invites/${invite.id}/qr.svg`]: "private, max-age=300",
  [`/v1/invites/${invite.id}/qr.png?logo=1`]: "private, max-age=300",
  [`/v1/invites/${invite.id}/poster.svg`]: "private, max-age=300",
  [`/v1/invites/${invite.id}/poster.html`]: "private, max-age=300",
  [`/i/${invite.code}/qr.png`]: "public, max-age=3600",
  [`/i/${invite.code}/qr.svg?size=300`]: "public, max-age=3600",
  [`${community}/logo`]: "private, max-age=300",
  [`${group}/qr`]: "private, max-age=300",
  [`${pass}/group-qr`]: "private, no-cache",
});

const etagOf = async (path: string): Promise<string> =>
  (await fetchBytes(api, path)).headers.get("ETag") ?? "";

describe("a picture's caching", () => {
  test("has a strong ETag, the same every time, and 304 without a body for who holds it", async () => {
    for (const [path, caching] of Object.entries(paths())) {
      const first = await fetchBytes(api, path);
      expect(first.headers.get("Cache-Control"), path).toBe(caching);
      const etag = first.headers.get("ETag") ?? "";
      expect(etag, path).toMatch(/^"[0-9a-f]{32}"$/);
      expect((await fetchBytes(api, path)).bytes, path).toEqual(first.bytes);
      for (const held of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
        const again = await fetchBytes(api, path, { "If-None-Match": held });
        expect([again.status, again.bytes.length], `${path} ${held}`).toEqual([304, 0]);
        expect(again.headers.get("ETag")).toBe(etag);
        expect(again.headers.get("Cache-Control")).toBe(caching);
      }
      for (const held of [`"other"`, etag.slice(1, -1), `${etag.slice(0, -2)}"`]) {
        expect((await fetchBytes(api, path, { "If-None-Match": held })).status, `${path} ${held}`).toBe(200);
      }
    }
  });

  test("has another ETag for everything that changes the picture", async () => {
    const path = `/i/${invite.code}/qr`;
    const queries = [
      "",
      "size=401",
      "margin=5",
      "level=Q",
      "dark=000001",
      "light=fffffe",
      "level=H",
      "logo=1",
      "logo=1&logoArea=9",
    ];
    const tags = [`${path}.svg`, ...queries.map((query) => `${path}.png?${query}`)].map(etagOf);
    expect(new Set(await Promise.all(tags)).size).toBe(queries.length + 1);
    expect(await etagOf(`${path}.png?level=M&size=400`)).toBe(await etagOf(`${path}.png`));
  });

  test("has another ETag once the logo, the group's code, or what a poster says has changed", async () => {
    const qr = `/v1/invites/${invite.id}/qr.png?logo=1`;
    const poster = `/v1/invites/${invite.id}/poster.svg`;
    const logo = `${community}/logo`;
    const all = [qr, poster, logo, `${group}/qr`];
    const before = await Promise.all(all.map(etagOf));
    await putPicture(api, logo, pngOf(logoPixels(100)));
    await putPicture(api, `${group}/qr`, pngOf(qrPixels("https://example.com/2")));
    await made(api.patch(community, { purpose: "Another one." }));
    const after = await Promise.all(all.map(etagOf));
    for (const [i, path] of all.entries()) expect(after[i], path).not.toBe(before[i]);
  });

  test("is none where the code changes every few seconds", async () => {
    for (const format of ["svg", "png"]) {
      const { headers, status } = await fetchBytes(api, `/v1/invites/${rotating.id}/qr.${format}`, {
        "If-None-Match": "*",
      });
      expect(status).toBe(200);
      expect(headers.get("Cache-Control")).toBe("no-store");
      expect(headers.get("ETag")).toBeNull();
    }
  });

  test("and a picture that is opened by itself runs nothing", async () => {
    for (const path of Object.keys(paths()).filter((name) => !name.endsWith(".html"))) {
      const { headers } = await fetchBytes(api, path);
      expect(headers.get("Content-Security-Policy"), path).toMatch(/^default-src 'none'; (?!.*script-src)/);
      expect(headers.get("X-Content-Type-Options"), path).toBe("nosniff");
    }
  });
});
