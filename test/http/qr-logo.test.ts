import { beforeAll, describe, expect, test } from "vitest";
import { type Api, mintCampaign, mintWorkspace, request } from "../support/api.ts";
import { expectProblem } from "./support/expect.ts";
import {
  drawn,
  fetchBytes,
  fetchPicture,
  logoPixels,
  pngOf,
  putPicture,
  qrPixels,
  readBoth,
} from "./support/pictures.ts";

const SIZES = [128, 256, 512, 1024];
const COLOURS = "&dark=103a6b&light=fff6e0";
const STYLES = [
  "",
  `&level=H${COLOURS}`,
  "&logo=1&logoArea=15",
  `&logo=1&logoArea=15&margin=2${COLOURS}`,
  "&logo=1&logoArea=1",
];

let api: Api;
let world: { community: { id: string }; invite: { id: string; code: string; url: string } };
beforeAll(async () => {
  api = await mintWorkspace();
  world = await mintCampaign(api);
  const put = await putPicture(api, `/v1/communities/${world.community.id}/logo`, pngOf(logoPixels()));
  expect(put.status, put.text).toBe(200);
});

const ask = (query: string, path = `/v1/invites/${world.invite.id}/qr.png`) =>
  request(`${path}?${query}`, {
    headers: { Authorization: `Bearer ${api.key}`, Accept: "application/json" },
  });

describe("a QR code", () => {
  for (const format of ["png", "svg"]) {
    test.each(SIZES)(
      `of %i pixels as ${format} is read by two decoders, plain, coloured and with a logo`,
      async (size) => {
        for (const style of STYLES) {
          const path = `/v1/invites/${world.invite.id}/qr.${format}?size=${size}${style}`;
          const read = await readBoth(await fetchPicture(api, path));
          expect(read.toLowerCase(), path).toBe(world.invite.url.toLowerCase());
        }
      },
    );
  }

  test("shows the logo in its middle, on a plate of the light colour, within the area that was asked for", async () => {
    const path = `/v1/invites/${world.invite.id}/qr`;
    const style = "size=600&logo=1&logoArea=15&light=ffeedd&dark=000000";
    const { width, data } = (await fetchPicture(api, `${path}.png?${style}`)).pixels;
    const at = (x: number, y: number) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
    const coloured = Array.from(
      { length: width * width },
      (_, i) => [i % width, Math.floor(i / width)] as const,
    ).filter(([x, y]) => !["0,0,0", "255,238,221"].includes(at(x, y).join()));
    const [xs, ys] = [coloured.map(([x]) => x), coloured.map(([, y]) => y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    expect(Math.abs(left + right - (width - 1))).toBeLessThanOrEqual(2);
    expect(Math.abs(top + bottom - (width - 1))).toBeLessThanOrEqual(2);
    const svg = new TextDecoder().decode((await fetchBytes(api, `${path}.svg?${style}`)).bytes);
    const side = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]) - 8;
    const plate = Number(/<rect x="[\d.]+" y="[\d.]+" width="(\d+)"/.exec(svg)?.[1]);
    expect((plate / side) ** 2).toBeLessThanOrEqual(0.15);
    expect(right - left).toBeLessThanOrEqual((plate * width) / (side + 8));
    expect(svg).toMatch(/<image [^>]*href="data:image\/png;base64,/);
  });

  test("without a logo stays a small palette picture, with one has eight bits a colour", async () => {
    const plain = (await fetchBytes(api, `/v1/invites/${world.invite.id}/qr.png`)).bytes;
    const logo = (await fetchBytes(api, `/v1/invites/${world.invite.id}/qr.png?logo=1`)).bytes;
    expect([plain[24], plain[25]]).toEqual([1, 3]);
    expect([logo[24], logo[25]]).toEqual([8, 2]);
    expect(plain.length).toBeLessThan(1500);
  });

  test("of a person's own page bears the logo too", async () => {
    const picture = await fetchPicture(api, `/i/${world.invite.code}/qr.svg?logo=1&size=300`);
    expect((await readBoth(picture)).toLowerCase()).toBe(world.invite.url.toLowerCase());
    const unknown = await ask("logo=1", `/i/bcdfghjkmnp/qr.png`);
    expectProblem(unknown, 404, "invite_not_found");
  });

  test("is refused beyond what scanners bear", async () => {
    for (const path of [`/v1/invites/${world.invite.id}/qr.svg`, `/i/${world.invite.code}/qr.png`]) {
      for (const level of ["L", "M", "Q"]) {
        expectProblem(await ask(`logo=1&level=${level}`, path), 400, "invalid_request", "?level");
      }
      for (const area of ["16", "0", "-1", "1.5", "100", "x"]) {
        expectProblem(await ask(`logo=1&logoArea=${area}`, path), 400, "invalid_request", "?logoArea");
      }
      for (const margin of ["1", "0", "-4", "17"]) {
        expectProblem(await ask(`logo=1&margin=${margin}`, path), 400, "invalid_request", "?margin");
      }
      for (const colours of ["dark=777777&light=aaaaaa", "dark=ffffff&light=000000", "dark=ffff00"]) {
        expectProblem(await ask(`logo=1&${colours}`, path), 400, "invalid_request", "?dark");
      }
      for (const size of ["63", "2049"]) {
        expectProblem(await ask(`logo=1&size=${size}`, path), 400, "invalid_request", "?size");
      }
      expectProblem(await ask("logo=2", path), 400, "invalid_request", "?logo");
    }
  });

  test("of a community that has no logo cannot have one", async () => {
    const { invite, community } = await mintCampaign(api);
    const path = `/v1/invites/${invite.id}/qr.svg`;
    const bare = await ask("logo=1", path);
    expectProblem(bare, 400, "invalid_request", "?logo");
    expect(bare.json.errors[0].code).toBe("no_logo");
    await putPicture(api, `/v1/communities/${community.id}/logo`, pngOf(logoPixels()));
    expect((await ask("logo=1", path)).status).toBe(200);
    expect((await api.delete(`/v1/communities/${community.id}/logo`)).status).toBe(204);
    expectProblem(await ask("logo=1", path), 400, "invalid_request", "?logo");
  });

  test.each([
    ["another QR code", () => qrPixels("https://evil.example/", 4, 8)],
    ["black", () => drawn(64, 64, () => [0])],
    ["noise", () => drawn(40, 40, (x, y) => [(x * 7919 + y * 104729 + x * y * 31) % 256])],
    ["a line one pixel high", () => drawn(300, 1, () => [0])],
    ["all clear", () => drawn(32, 32, () => [0, 0, 0, 0])],
  ])("with %s as its logo still says what it must, or is refused", async (_, make) => {
    const { invite, community } = await mintCampaign(api);
    expect((await putPicture(api, `/v1/communities/${community.id}/logo`, pngOf(make()))).status).toBe(200);
    for (const format of ["png", "svg"]) {
      const path = `/v1/invites/${invite.id}/qr.${format}?logo=1&logoArea=15&size=400`;
      const { status } = await fetchBytes(api, path);
      if (status !== 200) {
        expectProblem(
          await ask("logo=1&logoArea=15", `/v1/invites/${invite.id}/qr.${format}`),
          400,
          "invalid_request",
          "?logo",
        );
        continue;
      }
      expect((await readBoth(await fetchPicture(api, path))).toLowerCase()).toContain(
        invite.url.toLowerCase(),
      );
    }
  });
});
