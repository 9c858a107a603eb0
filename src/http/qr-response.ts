import type { Context } from "hono";
import type { QrStyle } from "../domain/qr.ts";
import { type Env, originOf } from "./env.ts";
import { inviteQrText } from "./links.ts";
import { qrPng, qrSvg } from "./qr.ts";

/** An invite's QR code as an image. The code is in the URL already, so the image is no secret more. */
export async function qrResponse(
  c: Context<Env>,
  code: string,
  format: "svg" | "png",
  style: QrStyle,
): Promise<Response> {
  const text = inviteQrText(originOf(c), code);
  const headers = { "Cache-Control": "private, max-age=300" };
  if (format === "svg") {
    return c.body(qrSvg(text, style), 200, { ...headers, "Content-Type": "image/svg+xml" });
  }
  return c.body(await qrPng(text, style), 200, { ...headers, "Content-Type": "image/png" });
}
