import type { Context } from "hono";
import { levelOf, type QrStyle } from "../domain/qr.ts";
import type { Env } from "./env.ts";
import { imageResponse } from "./image-response.ts";
import { fitLogo } from "./qr/logo.ts";
import { qrPng, qrSvg } from "./qr.ts";

export const QR_TYPES = { svg: "image/svg+xml", png: "image/png" } as const;

/**
 * A QR code of `text` as an image; `caching` is the Cache-Control header. `logoOf` reads the data URL
 * of the logo, for a style that asks for one.
 */
export async function qrResponse(
  c: Context<Env>,
  text: string,
  format: "svg" | "png",
  style: QrStyle,
  caching: string,
  logoOf: () => Promise<string | null> = () => Promise.resolve(null),
): Promise<Response> {
  const url = style.logo === "1" ? await logoOf() : null;
  const { size, margin, dark, light, logo, logoArea } = style;
  const inputs = [text, size, margin, levelOf(style), dark, light, logo, logo === "1" ? logoArea : 0, url];
  return imageResponse(c, inputs, { type: QR_TYPES[format], caching }, async () => {
    const fitted = logo === "1" ? await fitLogo(text, style, url) : null;
    return format === "svg" ? qrSvg(text, style, fitted) : qrPng(text, style, fitted);
  });
}
