import type { Context } from "hono";
import type { QrStyle } from "../domain/qr.ts";
import type { Env } from "./env.ts";
import { qrPng, qrSvg } from "./qr.ts";

/** A QR code of `text` as an image; `caching` is the Cache-Control header. */
export async function qrResponse(
  c: Context<Env>,
  text: string,
  format: "svg" | "png",
  style: QrStyle,
  caching: string,
): Promise<Response> {
  const headers = { "Cache-Control": caching };
  if (format === "svg") {
    return c.body(qrSvg(text, style), 200, { ...headers, "Content-Type": "image/svg+xml" });
  }
  return c.body(await qrPng(text, style), 200, { ...headers, "Content-Type": "image/png" });
}
