import { decode, type DecodedPng } from "fast-png";
import { type Bytes, joined } from "../../domain/bytes.ts";
import { type Bounds, type Pixels } from "./pixels.ts";
import { demandBounds, unreadable } from "./refusals.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The chunks that make the picture. Texts, profiles and frames are dropped: nobody asked for them. */
const KEPT = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);

/** Samples of a pixel, by colour type (https://www.w3.org/TR/png-3/). */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** A PNG of 16 bits a sample may not cost more than a plain one. */
const BYTES_A_PIXEL = 4;

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/**
 * A PNG's pixels, and its bytes without all that is not the picture. Its size is checked before
 * anything is unpacked, and unpacking stops where the header says that the picture ends.
 * @throws Problem `image_invalid`
 */
export async function readPng(bytes: Uint8Array, bounds: Bounds): Promise<{ bytes: Bytes; pixels: Pixels }> {
  const chunks = chunksOf(bytes);
  const [header] = chunks;
  if (header?.type !== "IHDR" || header.data.length !== 13) throw unreadable("PNG");
  const view = new DataView(header.data.buffer, header.data.byteOffset, 13);
  const [width, height, depth] = [view.getUint32(0), view.getUint32(4), view.getUint8(8)];
  demandBounds(width, height, bounds);
  const interlaced = view.getUint8(12) !== 0;
  const bits = depth * (CHANNELS[view.getUint8(9)] ?? 0);
  if (bits === 0 || (interlaced && depth < 8)) throw unreadable("PNG");
  const raw = height * (1 + Math.ceil((width * bits) / 8));
  if (raw > bounds.pixels * BYTES_A_PIXEL + height) throw unreadable("PNG");
  // Seven passes bring their own first bytes of rows.
  await demandInflated(chunks, raw, interlaced ? 2 * raw + 64 : raw);
  const clean = joined([Uint8Array.from(SIGNATURE), ...chunks.map(({ whole }) => whole)]);
  try {
    return { bytes: clean, pixels: toRgba(decode(clean, { checkCrc: true })) };
  } catch {
    throw unreadable("PNG");
  }
}

type Chunk = { type: string; data: Uint8Array; whole: Uint8Array };

/** The chunks that make the picture, up to the end of it. */
function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (KEPT.has(type)) chunks.push({ type, data, whole: bytes.subarray(at, end) });
    if (type === "IEND") return chunks;
    at = end;
  }
  throw unreadable("PNG");
}

/** Unpacks the data once just to count: what is short of the picture, or goes on after it, is refused. */
async function demandInflated(chunks: Chunk[], least: number, most: number): Promise<void> {
  const packed = joined(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      total += value.length;
      if (total > most) {
        await reader.cancel();
        break;
      }
    }
  } catch {
    throw unreadable("PNG");
  }
  if (total < least || total > most) throw unreadable("PNG");
}

/** Any of PNG's kinds of pixels as RGBA of eight bits. */
function toRgba(png: DecodedPng): Pixels {
  const { width, height, depth, channels, palette, transparency } = png;
  const stored = samplesOf(png);
  const rgba = new Uint8ClampedArray(width * height * 4);
  const scale = 255 / (2 ** depth - 1);
  const grey = channels < 3;
  for (let to = 0, at = 0; to < rgba.length; to += 4, at += channels) {
    if (palette !== undefined && channels === 1) {
      const colour = palette[stored[at] as number];
      rgba[to] = colour?.[0] ?? 0;
      rgba[to + 1] = colour?.[1] ?? 0;
      rgba[to + 2] = colour?.[2] ?? 0;
      rgba[to + 3] = colour?.[3] ?? 255;
      continue;
    }
    rgba[to] = (stored[at] as number) * scale;
    rgba[to + 1] = (stored[grey ? at : at + 1] as number) * scale;
    rgba[to + 2] = (stored[grey ? at : at + 2] as number) * scale;
    rgba[to + 3] = channels % 2 === 0 ? (stored[at + channels - 1] as number) * scale : 255;
    if (transparency !== undefined && isClear(stored, at, transparency)) rgba[to + 3] = 0;
  }
  return { width, height, data: rgba };
}

/** Whether the pixel at `at` has the one colour that stands for nothing. */
function isClear(stored: DecodedPng["data"], at: number, clear: Uint16Array): boolean {
  for (let i = 0; i < clear.length; i++) if (stored[at + i] !== clear[i]) return false;
  return true;
}

/** One number a sample. Rows of less than eight bits a sample begin at whole bytes. */
function samplesOf({ width, height, depth, channels, data }: DecodedPng): DecodedPng["data"] {
  if (depth >= 8) return data;
  const samples = width * channels;
  const stride = Math.ceil((samples * depth) / 8);
  const unpacked = new Uint8Array(samples * height);
  const largest = 2 ** depth - 1;
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < samples; i++) {
      const bit = i * depth;
      const byte = data[y * stride + (bit >> 3)] as number;
      unpacked[y * samples + i] = (byte >> (8 - depth - (bit & 7))) & largest;
    }
  }
  return unpacked;
}
