import { Problem } from "../../domain/problem.ts";
import { toDataUrl } from "./data-url.ts";
import { isJpeg, readJpeg } from "./jpeg.ts";
import type { Bounds, Pixels } from "./pixels.ts";
import { isPng, readPng } from "./png.ts";
import { unreadable } from "./refusals.ts";

export type PictureType = "image/png" | "image/jpeg";

/** A picture as it was sent: its declared type (in small letters, or none) and its bytes. */
export type Upload = { type: string | null; bytes: Uint8Array };

/** A picture that was read: its pixels, and itself without anything else as a data URL. */
export type Picture = { pixels: Pixels; url: string };

/**
 * Reads a picture of one of the `allowed` types.
 * @throws Problem `svg_refused`, `unsupported_media_type` or `image_invalid`
 */
export async function readPicture(
  { type, bytes }: Upload,
  allowed: readonly PictureType[],
  bounds: Bounds,
): Promise<Picture> {
  if (type === "image/svg+xml" || isMarkup(bytes)) {
    throw new Problem("svg_refused", `SVG is not taken, as it may carry scripts: ${names(allowed)}.`);
  }
  if (!allowed.includes(type as PictureType)) {
    throw new Problem("unsupported_media_type", `${names(allowed)}.`);
  }
  if (type === "image/png") {
    if (!isPng(bytes)) throw unreadable("PNG");
    const read = await readPng(bytes, bounds);
    return { pixels: read.pixels, url: toDataUrl(type, read.bytes) };
  }
  if (!isJpeg(bytes)) throw unreadable("JPEG");
  const read = readJpeg(bytes, bounds);
  return { pixels: read.pixels, url: toDataUrl("image/jpeg", read.bytes) };
}

const names = (types: readonly PictureType[]): string => `Send the picture as ${types.join(" or ")}`;

/** Whether bytes begin like XML or HTML, whatever they are declared to be. */
const isMarkup = (bytes: Uint8Array): boolean =>
  new TextDecoder()
    .decode(bytes.subarray(0, 256))
    .replace(/^\uFEFF?\s*/, "")
    .startsWith("<");
