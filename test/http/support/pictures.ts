import { Resvg } from "@resvg/resvg-js";
import { encode as encodePng } from "fast-png";
import jpeg from "jpeg-js";
import jsqr from "jsqr";
import { readFile } from "node:fs/promises";
import QRCode from "qrcode";
import { inject } from "vitest";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import type { Api, Answer } from "../../support/api.ts";
import { requestAlone } from "./alone.ts";

/** Eight-bit RGBA pixels. */
export type Pixels = { width: number; height: number; data: Uint8Array };

/** Pixels from a function of their place. */
export function drawn(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly number[],
): Pixels {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [r = 0, g = r, b = r, alpha = 255] = colour(i % width, Math.floor(i / width));
    data.set([r, g, b, alpha], i * 4);
  }
  return { width, height, data };
}

export const pngOf = ({ width, height, data }: Pixels): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(encodePng({ width, height, data, channels: 4, depth: 8 }));

export const jpegOf = (pixels: Pixels, quality = 80): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(jpeg.encode(pixels, quality).data);

/** A group's QR code as its carrier would show it: `scale` pixels a module on a white card. */
export function qrPixels(text: string, scale = 6, card = 40): Pixels {
  return drawnCode(QRCode.create(text, { errorCorrectionLevel: "M" }), scale, card);
}

/** Japanese characters as a QR code of two bytes each, of which `codeOf` knows the Shift JIS. */
export function kanjiQrPixels(data: string, codeOf: (character: string) => number): Pixels {
  const options = { errorCorrectionLevel: "M", toSJISFunc: codeOf } as const;
  return drawnCode(QRCode.create([{ data, mode: "kanji" }], options), 4, 40);
}

function drawnCode({ modules }: QRCode.QRCode, scale: number, card: number): Pixels {
  const side = modules.size * scale + 2 * card;
  return drawn(side, side, (x, y) => {
    const [row, column] = [Math.floor((y - card) / scale), Math.floor((x - card) / scale)];
    const inside = row >= 0 && column >= 0 && row < modules.size && column < modules.size;
    return [inside && modules.get(row, column) ? 0 : 255];
  });
}

/** A round logo of two colours with clear corners. */
export const logoPixels = (side = 160): Pixels =>
  drawn(side, side, (x, y) => {
    const inside = (x - side / 2) ** 2 + (y - side / 2) ** 2 < (side / 2 - 1) ** 2;
    return (x >> 4) % 2 === (y >> 4) % 2 ? [200, 30, 60, inside ? 255 : 0] : [20, 60, 160, inside ? 255 : 0];
  });

let prepared: Promise<unknown> | undefined;

async function byZxing(png: Uint8Array): Promise<string[]> {
  prepared ??= readFile("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm").then((wasm) =>
    prepareZXingModule({
      overrides: {
        wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.length) as ArrayBuffer,
      },
      fireImmediately: true,
    }),
  );
  await prepared;
  return (await readBarcodes(png, { formats: ["QRCode"] })).map(({ text }) => text);
}

const FONTS = { loadSystemFonts: false };

/** An SVG drawn by a renderer that the server does not use for it; fonts do not matter to a code. */
export function drawSvg(svg: string, width?: number, fonts = FONTS): { pixels: Pixels; png: Uint8Array } {
  const image = new Resvg(svg, {
    font: fonts,
    ...(width === undefined ? {} : { fitTo: { mode: "width", value: width } }),
  }).render();
  return {
    pixels: { width: image.width, height: image.height, data: image.pixels },
    png: image.asPng(),
  };
}

/** A PNG drawn by that renderer too: it reads any kind of PNG. */
export function pixelsOf(png: Uint8Array): Pixels {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const url = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image width="${width}" height="${height}" href="${url}"/></svg>`;
  return drawSvg(svg).pixels;
}

/** What two decoders, which share no code, read in a picture: the text, or what each of them saw. */
export async function readBoth(picture: { pixels: Pixels; png: Uint8Array }): Promise<string> {
  const { data, width, height } = picture.pixels;
  const first = jsqr(new Uint8ClampedArray(data), width, height)?.data ?? "nothing";
  const second = (await byZxing(picture.png)).join(" and ") || "nothing";
  return first === second ? first : `jsqr: ${first}, zxing: ${second}`;
}

/** An answer with its bytes. The API's is asked for with its key, the public one without. */
export async function fetchBytes(
  api: Api,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; bytes: Uint8Array }> {
  const key: Record<string, string> = path.startsWith("/v1/") ? { Authorization: `Bearer ${api.key}` } : {};
  const response = await fetch(`${inject("baseUrl")}${path}`, { headers: { ...key, ...headers } });
  return {
    status: response.status,
    headers: response.headers,
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
}

/** A picture that must be there, as pixels and as PNG. */
export async function fetchPicture(
  api: Api,
  path: string,
  width?: number,
): Promise<{ pixels: Pixels; png: Uint8Array; bytes: Uint8Array }> {
  const { status, headers, bytes } = await fetchBytes(api, path);
  if (status !== 200) throw new Error(`${path}: ${status} ${new TextDecoder().decode(bytes)}`);
  const svg = headers.get("Content-Type")?.startsWith("image/svg") ?? false;
  if (svg) return { ...drawSvg(new TextDecoder().decode(bytes), width), bytes };
  return { pixels: pixelsOf(bytes), png: bytes, bytes };
}

/** Sends a picture: one that may be refused unread. */
export const putPicture = (
  api: Api,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  type = "image/png",
): Promise<Answer> =>
  requestAlone(path, {
    method: "PUT",
    headers: { Authorization: `Bearer ${api.key}`, "Content-Type": type },
    body: bytes,
  });
