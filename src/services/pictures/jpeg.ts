import decode from "jpeg-js/lib/decoder.js";
import type { Bounds, Pixels } from "./pixels.ts";
import { demandBounds, unreadable } from "./refusals.ts";

/** A progressive JPEG may ask for the whole picture to be gone through once a scan. */
const MAX_SCANS = 40;
/** Unpacking takes some forty bytes a pixel, and a Worker has 128 MB for everything: 1080 × 1920 fit. */
const MAX_PIXELS = 2_100_000;
const MEGABYTES = 80;

export const isJpeg = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/**
 * A JPEG's pixels, and its bytes without comments and camera data (which may tell a place). Its size
 * is checked before anything is unpacked.
 * @throws Problem `image_invalid`
 */
export function readJpeg(
  bytes: Uint8Array,
  bounds: Bounds,
): { bytes: Uint8Array<ArrayBuffer>; pixels: Pixels } {
  const pixels = Math.min(bounds.pixels, MAX_PIXELS);
  const clean = withoutExtras(bytes, { ...bounds, pixels });
  try {
    const { width, height, data } = decode(clean, {
      useTArray: true,
      formatAsRGBA: true,
      tolerantDecoding: false,
      maxResolutionInMP: pixels / 1e6,
      maxMemoryUsageInMB: MEGABYTES,
    });
    return { bytes: clean, pixels: { width, height, data: new Uint8ClampedArray(data) } };
  } catch {
    throw unreadable("JPEG");
  }
}

const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** APP1 to APP13, APP15 and COM; APP0 and Adobe's APP14 say how colours are meant. */
const isExtra = (marker: number): boolean =>
  marker === 0xfe || (marker > 0xe0 && marker <= 0xef && marker !== 0xee);

/** Walks the segments (ITU T.81, annex B): checks the frame's size, counts scans, drops extras. */
function withoutExtras(bytes: Uint8Array, bounds: Bounds): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept = new Uint8Array(bytes.length);
  let [length, scans, frames] = [0, 0, 0];
  const keep = (from: number, to: number) => {
    kept.set(bytes.subarray(from, to), length);
    length += to - from;
  };
  keep(0, 2);
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) throw unreadable("JPEG");
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) break;
    if (isFrame(marker)) {
      if (end < at + 10) break;
      demandBounds(view.getUint16(at + 7), view.getUint16(at + 5), bounds);
      frames++;
    }
    if (!isExtra(marker)) keep(at, end);
    at = end;
    if (marker !== 0xda) continue;
    if (++scans > MAX_SCANS || frames !== 1) break;
    // A scan's data lasts to the next marker that is neither a stuffed byte nor a restart.
    const from = at;
    while (at + 1 < bytes.length && !(bytes[at] === 0xff && isMarker(bytes[at + 1] as number))) at++;
    if (at + 1 >= bytes.length) break;
    keep(from, at);
    if (bytes[at + 1] === 0xd9) {
      keep(at, at + 2);
      return kept.slice(0, length);
    }
  }
  throw unreadable("JPEG");
}

const isMarker = (byte: number): boolean => byte !== 0 && byte !== 0xff && !(byte >= 0xd0 && byte <= 0xd7);
