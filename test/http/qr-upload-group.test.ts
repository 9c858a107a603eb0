import { beforeAll, describe, expect, test } from "vitest";
import {
  type Answer,
  type Api,
  joinBy,
  mintCampaign,
  mintWorkspace,
  newIdentity,
  request,
} from "../support/api.ts";
import { Browser, tagsOf } from "./support/browser.ts";
import { expectProblem, made } from "./support/expect.ts";
import { bytesOf, HOSTILE, HOSTILE_JPEG, LINK, SVG } from "./support/hostile-pictures.ts";
import {
  drawn,
  fetchBytes,
  fetchPicture,
  jpegOf,
  logoPixels,
  pngOf,
  putPicture,
  kanjiQrPixels,
  qrPixels,
  readBoth,
} from "./support/pictures.ts";

let api: Api;
let stranger: Api;
let community: string;
let group: string;
beforeAll(async () => {
  api = await mintWorkspace();
  stranger = await mintWorkspace();
  const world = await mintCampaign(api, { groups: [{ carrier: "wechat", joinUrl: LINK }] });
  community = `/v1/communities/${world.community.id}`;
  group = `/v1/groups/${world.groups[0].id}`;
});

describe("a group's QR code", () => {
  test.each([
    ["a PNG", "image/png", pngOf],
    ["a JPEG", "image/jpeg", jpegOf],
  ] as const)("is taken from %s, decoded, and shown again as it came", async (_, type, encode) => {
    const text = `${LINK}?${type.slice(6)}`;
    const put = await putPicture(api, `${group}/qr`, encode(qrPixels(text)), type);
    expect(put.status, put.text).toBe(200);
    expect(put.json).toMatchObject({ qrText: text, joinUrl: LINK });
    expect(new URL(put.json.qrImage).pathname).toBe(`${group}/qr`);
    expect(await made(api.get(group))).toEqual(put.json);
    const shown = await fetchBytes(api, `${group}/qr`);
    expect(shown.headers.get("Content-Type")).toBe(type);
    expect(Buffer.from(shown.bytes)).toEqual(Buffer.from(encode(qrPixels(text))));
  });

  test("begins a new life where the carrier's codes run out, and seats who waited", async () => {
    const expired = {
      carrier: "wechat",
      joinUrl: LINK,
      expiresAt: new Date(Date.now() - 1000).toISOString(),
    };
    const world = await mintCampaign(api, { groups: [expired] });
    const waiting = (await joinBy(api, world.campaign.id, world.invite.code)).json;
    expect(waiting.outcome).toBe("waitlisted");
    const put = await putPicture(
      api,
      `/v1/groups/${world.groups[0].id}/qr`,
      pngOf(qrPixels(LINK)),
      "image/png",
    );
    const days = (Date.parse(put.json.expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThanOrEqual(7);
    expect(Date.parse(put.json.expiresAt) - Date.parse(put.json.retiresAt)).toBe(24 * 3_600_000);
    expect((await made(api.get(`/v1/groups/${world.groups[0].id}`))).used).toBe(1);
  });

  test("is found in a screenshot, small or see-through, and camera data of a JPEG is dropped", async () => {
    const code = qrPixels(LINK, 5, 20);
    const onScreen = drawn(1080, 1920, (x, y) => {
      const [column, row] = [x - 340, y - 700];
      const inside = column >= 0 && row >= 0 && column < code.width && row < code.height;
      return inside ? [code.data[(row * code.width + column) * 4] as number] : [y < 200 ? 30 : 237];
    });
    const clear = drawn(code.width, code.height, (x, y) =>
      code.data[(y * code.width + x) * 4] === 0 ? [0, 0, 0, 255] : [0, 0, 0, 0],
    );
    for (const picture of [pngOf(onScreen), pngOf(qrPixels(LINK, 2, 8)), pngOf(clear)]) {
      const put = await putPicture(api, `${group}/qr`, picture);
      expect(put.json, put.text).toMatchObject({ qrText: LINK });
    }
    const photo = jpegOf(code);
    const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 20]), Buffer.from("Exif\0\0 52.52,13.40")]);
    const tagged = Uint8Array.from(Buffer.concat([photo.subarray(0, 2), exif, photo.subarray(2)]));
    expect((await putPicture(api, `${group}/qr`, tagged, "image/jpeg")).status).toBe(200);
    expect(Buffer.from((await fetchBytes(api, `${group}/qr`)).bytes)).toEqual(Buffer.from(photo));
  });

  test.each([...HOSTILE, ...HOSTILE_JPEG])("is not %s", async (_, type, bytes) => {
    const before = await made(api.get(group));
    expectProblem(await putPicture(api, `${group}/qr`, bytes(), type), 400, "image_invalid");
    expect(await made(api.get(group))).toEqual(before);
  });

  test("is not SVG, whatever it is called, and not another type or too large", async () => {
    for (const type of ["image/svg+xml", "image/png", "text/html"]) {
      expectProblem(await putPicture(api, `${group}/qr`, bytesOf(SVG), type), 415, "svg_refused");
    }
    expectProblem(
      await putPicture(api, `${group}/qr`, bytesOf("RIFFxxxxWEBP"), "image/webp"),
      415,
      "unsupported_media_type",
    );
    expectProblem(await api.post(`${group}/qr`, {}), 405, "method_not_allowed");
    const large = new Uint8Array(65 * 1024);
    large.set(pngOf(qrPixels(LINK)));
    expectProblem(await putPicture(api, `${group}/qr`, large), 413, "body_too_large");
    expectProblem(
      await putPicture(api, `${group}/qr`, pngOf(drawn(4097, 1, () => [255]))),
      400,
      "image_invalid",
    );
  });

  test("is a QR code, and leads to the carrier", async () => {
    for (const picture of [
      logoPixels(),
      drawn(900, 900, () => [255]),
      drawn(300, 300, (x) => [(x % 2) * 255]),
    ]) {
      expectProblem(await putPicture(api, `${group}/qr`, pngOf(picture)), 400, "qr_not_found");
    }
    for (const text of [
      "https://weixin.qq.com.evil.example/g/x",
      "javascript:alert(1)",
      "HTTPS://EVIL.EXAMPLE/",
      "www.evil.example/g",
      "WIFI:S:net;T:WPA;P:x;;",
      "https://user:word@weixin.qq.com/",
    ]) {
      expectProblem(await putPicture(api, `${group}/qr`, pngOf(qrPixels(text))), 400, "qr_not_allowed");
    }
    expect((await putPicture(api, `${group}/qr`, pngOf(qrPixels("群号 12345")))).json.qrText).toBe(
      "群号 12345",
    );
    // "‖" is one of the few that a platform reads as another character.
    const codes = new Map([
      ["点", 0x935f],
      ["茗", 0xe4aa],
      ["‖", 0x8161],
    ]);
    const kanji = kanjiQrPixels("点‖茗", (character) => codes.get(character) ?? 0);
    expect((await putPicture(api, `${group}/qr`, pngOf(kanji))).json.qrText).toBe("点‖茗");
  });

  test("is another workspace's: 404", async () => {
    expectProblem(await putPicture(stranger, `${group}/qr`, pngOf(qrPixels(LINK))), 404, "not_found");
    expectProblem(await stranger.get(`${group}/qr`), 404, "not_found");
  });

  test("comes in the group's body as well, and stands for the link that it lacks", async () => {
    const qrImage = `data:image/png;base64,${Buffer.from(pngOf(qrPixels(LINK))).toString("base64")}`;
    const bare = { name: "Only a code", carrier: "wechat" };
    const post = (more: object) => api.post(`${community}/groups`, { ...bare, ...more });
    expectProblem(await post({}), 400, "invalid_request", "/joinUrl");
    const only = await made(post({ qrImage }));
    expect(only).toMatchObject({ joinUrl: null, qrText: LINK });
    expect(new URL(only.qrImage).pathname).toBe(`/v1/groups/${only.id}/qr`);
    expect(await made(post({ joinUrl: LINK }))).toMatchObject({ qrImage: null, qrText: null });
    const other = `data:image/png;base64,${Buffer.from(pngOf(qrPixels(`${LINK}2`))).toString("base64")}`;
    expect(await made(api.patch(`/v1/groups/${only.id}`, { qrImage: other }))).toMatchObject({
      qrText: `${LINK}2`,
    });
    const refused = async (sent: Promise<Answer>, code: string) => {
      const answer = await sent;
      expectProblem(answer, 400, "invalid_request", "/qrImage");
      expect(answer.json.errors[0].code).toBe(code);
    };
    const svg = `data:image/svg+xml;base64,${Buffer.from(SVG).toString("base64")}`;
    const nothing = `data:image/png;base64,${Buffer.from(pngOf(logoPixels(40))).toString("base64")}`;
    await refused(post({ qrImage: svg }), "svg_refused");
    await refused(post({ qrImage: nothing }), "qr_not_found");
    await refused(post({ qrImage: "data:image/png;base64,%%%" }), "image_invalid");
    await refused(post({ qrImage: "https://example.com/x.png" }), "invalid_format");
    await refused(api.patch(`/v1/groups/${only.id}`, { qrImage: svg }), "svg_refused");
    await refused(
      api.post(`${community}/groups`, { name: "x", carrier: "telegram", qrImage }),
      "qr_not_allowed",
    );
  });

  test("is what a person in the group sees; a new one keeps everybody in", async () => {
    const { campaign, invite, groups } = await mintCampaign(api, {
      groups: [{ carrier: "wechat", joinUrl: LINK }],
    });
    const path = `/v1/groups/${groups[0].id}/qr`;
    const identity = newIdentity();
    const joined = await made(joinBy(api, campaign.id, invite.code, identity));
    expect(joined.group).toMatchObject({ joinUrl: LINK, qrImage: null });
    const pass = new URL(joined.pass).pathname;
    const own = async () => (await request(pass, { headers: { Accept: "application/json" } })).json.group;
    expect(await own()).toMatchObject({ joinUrl: LINK, qrImage: null });
    expect((await request(`${pass}/group-qr`)).status).toBe(404);
    for (const text of [`${LINK}a`, `${LINK}b`]) {
      await putPicture(api, path, pngOf(qrPixels(text)));
      const shown = new URL((await own()).qrImage).pathname;
      expect(await readBoth(await fetchPicture(api, shown))).toBe(text);
      const again = await made(joinBy(api, campaign.id, invite.code, identity));
      expect(new URL(again.group.qrImage).pathname).toBe(shown);
      const page = await new Browser().open(pass);
      expect(tagsOf(page.text, "img").map(({ src }) => src)).toContain(shown);
      expect(page.headers.get("Content-Security-Policy")).toContain("img-src 'self'");
      expect(await made(api.get(`/v1/groups/${groups[0].id}`))).toMatchObject({ used: 1 });
    }
    const forged = pass.slice(0, -1) + (pass.endsWith("7") ? "8" : "7");
    expect((await request(`${forged}/group-qr`)).status).toBe(404);
    const people = await made(api.get(`/v1/campaigns/${campaign.id}/participants`));
    expect(people.data.map(({ groupId }: { groupId: string }) => groupId)).toEqual([groups[0].id]);
  });
});
