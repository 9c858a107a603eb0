import { deflateSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { type Api, mintCampaign, mintWorkspace, request } from "../support/api.ts";
import { expectProblem, made } from "./support/expect.ts";
import { bytesOf, chunk, HOSTILE, noisy, rawPng, SVG } from "./support/hostile-pictures.ts";
import { drawn, fetchBytes, jpegOf, logoPixels, pixelsOf, pngOf, putPicture } from "./support/pictures.ts";

let api: Api;
let stranger: Api;
let community: string;
beforeAll(async () => {
  api = await mintWorkspace();
  stranger = await mintWorkspace();
  community = `/v1/communities/${(await mintCampaign(api)).community.id}`;
});

describe("a community's logo", () => {
  test("is kept, can be read again, and can be taken away", async () => {
    const put = await putPicture(api, `${community}/logo`, pngOf(logoPixels(90)));
    expect(put.status, put.text).toBe(200);
    expect(put.json).toMatchObject({ width: 90, height: 90 });
    expect(new URL(put.json.logo).pathname).toBe(`${community}/logo`);
    const { headers, bytes } = await fetchBytes(api, `${community}/logo`);
    expect(headers.get("Content-Type")).toBe("image/png");
    expect(pixelsOf(bytes)).toEqual(pixelsOf(pngOf(logoPixels(90))));
    expect((await api.delete(`${community}/logo`)).status).toBe(204);
    expect((await api.delete(`${community}/logo`)).status).toBe(204);
    expectProblem(await api.get(`${community}/logo`), 404, "not_found");
  });

  test("is kept without texts, profiles and whatever else came with it", async () => {
    const secret = chunk("tEXt", Buffer.from("Comment\0taken at home"));
    const plain = Buffer.from(deflateSync(Buffer.alloc(11 * 10)));
    const put = await putPicture(api, `${community}/logo`, rawPng(10, 10, plain, secret));
    expect(put.status, put.text).toBe(200);
    const { bytes } = await fetchBytes(api, `${community}/logo`);
    expect(Buffer.from(bytes).includes("taken at home")).toBe(false);
    expect(Buffer.from(bytes)).toEqual(Buffer.from(rawPng(10, 10, plain)));
  });

  test.each(HOSTILE)("is not %s", async (_, type, bytes) => {
    expectProblem(await putPicture(api, `${community}/logo`, bytes(), type), 400, "image_invalid");
  });

  test("is a PNG and nothing else, of 48 KB and 1024 pixels a side at the most", async () => {
    const path = `${community}/logo`;
    expectProblem(
      await putPicture(api, path, jpegOf(logoPixels()), "image/jpeg"),
      415,
      "unsupported_media_type",
    );
    expectProblem(
      await putPicture(api, path, pngOf(logoPixels()), "application/json"),
      415,
      "unsupported_media_type",
    );
    expectProblem(await putPicture(api, path, bytesOf(SVG), "image/svg+xml"), 415, "svg_refused");
    expectProblem(await putPicture(api, path, bytesOf(`\uFEFF \n${SVG}`)), 415, "svg_refused");
    expectProblem(await putPicture(api, path, pngOf(drawn(1025, 1, () => [0]))), 400, "image_invalid");
    expect((await putPicture(api, path, pngOf(drawn(1024, 1024, () => [9])))).status).toBe(200);
    expectProblem(await putPicture(api, path, noisy(130)), 413, "body_too_large");
    expectProblem(await putPicture(api, path, noisy(200)), 413, "body_too_large");
  });

  test("is nobody else's to see or to change", async () => {
    await putPicture(api, `${community}/logo`, pngOf(logoPixels(20)));
    expectProblem(await putPicture(stranger, `${community}/logo`, pngOf(logoPixels(20))), 404, "not_found");
    expectProblem(await stranger.get(`${community}/logo`), 404, "not_found");
    expectProblem(await stranger.delete(`${community}/logo`), 404, "not_found");
    const reader = await made(api.post("/v1/keys", { name: "r", scopes: ["read"] }));
    const reading = { ...api, key: reader.key };
    expectProblem(await putPicture(reading, `${community}/logo`, pngOf(logoPixels(20))), 403, "forbidden");
    expect((await fetchBytes(api, `${community}/logo`)).status).toBe(200);
    expectProblem(await request(`${community}/logo`, { method: "PUT" }), 401, "unauthorized");
  });
});
