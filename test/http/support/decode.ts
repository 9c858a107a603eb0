import jsqr from "jsqr";
import { readFile } from "node:fs/promises";
import { inflateSync } from "node:zlib";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

/** Eight-bit RGBA pixels, as a canvas has them. */
export type Pixels = { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> };

const blank = (width: number, height: number): Pixels => ({
  width,
  height,
  data: new Uint8ClampedArray(width * height * 4).fill(255),
});

/** A palette PNG of one bit a pixel without row filters: what Qrove writes. Its checksums are checked by zlib. */
export function readPng(bytes: Uint8Array): Pixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < bytes.length;) {
    const length = view.getUint32(at);
    chunks.set(
      String.fromCharCode(...bytes.subarray(at + 4, at + 8)),
      bytes.subarray(at + 8, at + 8 + length),
    );
    at += length + 12;
  }
  const [header, palette, data] = ["IHDR", "PLTE", "IDAT"].map((name) => chunks.get(name) as Uint8Array);
  if (header?.[8] !== 1 || header[9] !== 3 || !palette || !data)
    throw new Error("not a two-colour palette PNG");
  const width = view.getUint32(16);
  const pixels = blank(width, view.getUint32(20));
  const rows = inflateSync(data);
  const stride = 1 + Math.ceil(width / 8);
  for (let i = 0; i < width * pixels.height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (rows[y * stride] !== 0) throw new Error("a row has a filter");
    const bit = ((rows[y * stride + 1 + (x >> 3)] as number) >> (7 - (x & 7))) & 1;
    pixels.data.set(palette.subarray(bit * 3, bit * 3 + 3), i * 4);
  }
  return pixels;
}

const rgb = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** The SVG of a QR code as pixels: a background, and runs of dark modules as `Mx yhN`. */
export function readSvg(svg: string, scale = 4): Pixels {
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const light = rgb(/<rect[^>]*fill="(#\w{6})"/.exec(svg)?.[1] ?? "");
  const dark = rgb(/<path[^>]*fill="(#\w{6})"/.exec(svg)?.[1] ?? "");
  const pixels = blank(side * scale, side * scale);
  const fill = (x: number, y: number, width: number, height: number, colour: number[]) => {
    for (let row = y * scale; row < (y + height) * scale; row++) {
      for (let column = x * scale; column < (x + width) * scale; column++) {
        pixels.data.set(colour, (row * pixels.width + column) * 4);
      }
    }
  };
  fill(0, 0, side, side, light);
  for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    fill(Number(x), Number(y), Number(width), 1, dark);
  }
  return pixels;
}

let prepared: Promise<unknown> | undefined;

async function byZxing(image: Uint8Array | Pixels): Promise<string[]> {
  prepared ??= readFile("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm").then((wasm) =>
    prepareZXingModule({
      overrides: {
        wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.length) as ArrayBuffer,
      },
      fireImmediately: true,
    }),
  );
  await prepared;
  const read = await readBarcodes(image as never, { formats: ["QRCode"] });
  return read.map(({ text }) => text);
}

/** What two decoders, which share no code, read in a QR code's PNG or SVG. */
export async function decodeBoth(image: Uint8Array | string): Promise<{ jsqr: string; zxing: string[] }> {
  const pixels = typeof image === "string" ? readSvg(image) : readPng(image);
  const read = jsqr(pixels.data, pixels.width, pixels.height)?.data ?? "";
  return { jsqr: read, zxing: await byZxing(typeof image === "string" ? pixels : image) };
}
