import { decode, type DecodedPng } from "fast-png";
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
  const clean = join([Uint8Array.from(SIGNATURE), ...chunks.map(({ whole }) => whole)]);
  try {
    return { bytes: clean, pixels: toRgba(decode(clean, { checkCrc: true })) };
  } catch {
    throw unreadable("PNG");
  }
}

type Bytes = Uint8Array<ArrayBuffer>;
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
  const packed = join(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
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

function join(parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Any of PNG's kinds of pixels as RGBA of eight bits. */
function toRgba({ width, height, data, depth, channels, palette, transparency }: DecodedPng): Pixels {
  const rgba = new Uint8ClampedArray(width * height * 4);
  const samples = width * channels;
  const stride = Math.ceil((samples * Math.min(depth, 8)) / 8);
  const largest = 2 ** depth - 1;
  /** The `i`-th sample of a row, as it is stored. */
  const sample = (row: number, i: number): number => {
    if (depth >= 8) return data[row * samples + i] as number;
    const bit = i * depth;
    return ((data[row * stride + (bit >> 3)] as number) >> (8 - depth - (bit & 7))) & largest;
  };
  const colours = Math.min(channels, 3) - (channels === 2 ? 1 : 0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 4;
      const at = x * channels;
      if (palette !== undefined && channels === 1) {
        const [r, g, b, alpha] = palette[sample(y, at)] ?? [0, 0, 0];
        rgba.set([r as number, g as number, b as number, alpha ?? 255], to);
        continue;
      }
      const stored = Array.from({ length: channels }, (_, i) => sample(y, at + i));
      const clear = transparency !== undefined && stored.every((value, i) => value === transparency[i]);
      const scale = 255 / largest;
      for (let i = 0; i < 3; i++) rgba[to + i] = (stored[colours === 1 ? 0 : i] as number) * scale;
      const alpha = channels % 2 === 0 ? (stored[channels - 1] as number) * scale : 255;
      rgba[to + 3] = clear ? 0 : alpha;
    }
  }
  return { width, height, data: rgba };
}
