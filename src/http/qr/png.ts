import { type Bytes, joined } from "../../domain/bytes.ts";

type Rgb = [number, number, number];

/** Bytes of a row of `side` pixels at `bits` each, with its filter byte in front. */
export const strideOf = (side: number, bits: number): number => 1 + Math.ceil((side * bits) / 8);

/**
 * A square PNG (https://www.w3.org/TR/png-3/) of two palette colours at one bit a pixel, or, without a
 * palette, of three bytes a pixel. Each row of `rows` begins with its filter byte, 0.
 */
export async function writePng(side: number, palette: [Rgb, Rgb] | null, rows: Bytes): Promise<Bytes> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, side);
  view.setUint32(4, side);
  header.set(palette === null ? [8, 2] : [1, 3], 8);
  const deflated = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  const data = new Uint8Array(await new Response(deflated).arrayBuffer());
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...(palette === null ? [] : [chunk("PLTE", Uint8Array.from(palette.flat()))]),
    chunk("IDAT", data),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = CRC_TABLE[(c ^ byte) & 255]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
