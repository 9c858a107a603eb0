import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import * as service from "../../services/images.ts";
import { fromDataUrl } from "../../services/pictures/data-url.ts";
import type { Upload } from "../../services/pictures/read.ts";
import { callOf, type Env, originOf } from "../env.ts";
import { imageResponse } from "../image-response.ts";
import { logoUrl } from "../links.ts";
import { presentGroup, group } from "./groups.ts";
import { answer, idParam, route, router } from "./route.ts";

const binary = { schema: z.string().openapi({ format: "binary" }) };
const png = { "image/png": binary };
const photo = { "image/png": binary, "image/jpeg": binary };

const logo = z.object({ logo: z.string(), width: z.int(), height: z.int() }).openapi("Logo");

const tags = ["Images"];
const logoPath = "/communities/{id}/logo";
const qrPath = "/groups/{id}/qr";

/** The picture in a request's body. The body limit of the whole product holds for it. */
const uploadOf = async (c: Context<Env>): Promise<Upload> => ({
  type: c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase() ?? null,
  bytes: new Uint8Array(await c.req.arrayBuffer()),
});

/** A stored picture as it came. */
export function storedPicture(c: Context<Env>, url: string, caching: string): Promise<Response> {
  const stored = fromDataUrl(url);
  if (stored === null) throw new Error("a stored picture is not a data URL");
  return imageResponse(c, [url], { type: stored.type, caching }, () => stored.bytes);
}

/** Pictures that the marketer uploads: their bodies are the pictures themselves, not JSON. */
export const images = router()
  .openapi(
    route("write", {
      method: "put",
      path: logoPath,
      tags,
      summary: "Set a community's logo, for the middle of its QR codes",
      description: "A PNG of at most 48 KB and 1024 × 1024 pixels.",
      request: { params: idParam("community"), body: { content: png, required: true } },
      responses: { 200: answer(logo, "The logo's address and its size in pixels") },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const size = await service.putLogo(callOf(c), id, await uploadOf(c));
      return c.json({ logo: logoUrl(originOf(c), id), ...size }, 200);
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: logoPath,
      tags,
      summary: "Read a community's logo",
      request: { params: idParam("community") },
      responses: { 200: { description: "The logo", content: png } },
    }),
    async (c) => {
      const url = await service.getLogo(callOf(c), c.req.valid("param").id);
      return (await storedPicture(c, url, "private, max-age=300")) as never;
    },
  )
  .openapi(
    route("write", {
      method: "delete",
      path: logoPath,
      tags,
      summary: "Take a community's logo away",
      request: { params: idParam("community") },
      responses: { 204: { description: "There is no logo any more" } },
    }),
    async (c) => {
      await service.deleteLogo(callOf(c), c.req.valid("param").id);
      return c.body(null, 204);
    },
  )
  .openapi(
    route("write", {
      method: "put",
      path: qrPath,
      tags,
      summary: "Set a group's QR code from a picture; its members stay",
      description:
        "A PNG or JPEG of at most 64 KB and 4 megapixels (a JPEG 2). It is decoded: what is no QR code, or leads elsewhere than to the carrier, is refused.",
      request: { params: idParam("group"), body: { content: photo, required: true } },
      responses: { 200: answer(group, "The group") },
    }),
    async (c) => {
      const row = await service.putGroupQr(callOf(c), c.req.valid("param").id, await uploadOf(c));
      return c.json(presentGroup(row, originOf(c)), 200);
    },
  )
  .openapi(
    route("read", {
      method: "get",
      path: qrPath,
      tags,
      summary: "Read a group's QR code as it was uploaded",
      request: { params: idParam("group") },
      responses: { 200: { description: "The picture", content: photo } },
    }),
    async (c) => {
      const url = await service.getGroupQr(callOf(c), c.req.valid("param").id);
      return (await storedPicture(c, url, "private, max-age=300")) as never;
    },
  );
