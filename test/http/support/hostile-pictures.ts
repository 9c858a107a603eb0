import { deflateSync } from "node:zlib";
import { drawn, jpegOf, pngOf, qrPixels } from "./pictures.ts";

/** Where the codes of these pictures lead. */
export const LINK = "https://weixin.qq.com/g/AQYAAFooBar123";
export const SVG = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`;
export const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A chunk as PNG has them, with a checksum that is right. */
export function chunk(type: string, data: Uint8Array): Buffer {
  let crc = 0xffffffff;
  for (const byte of [...Buffer.from(type), ...data]) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return Buffer.concat([length, Buffer.from(type), data, sum]);
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A grey PNG whose header says what it likes, and whose data is what it is. */
export function rawPng(
  width: number,
  height: number,
  data: Uint8Array,
  ...extra: Buffer[]
): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const parts = [chunk("IHDR", header), ...extra, chunk("IDAT", data), chunk("IEND", new Uint8Array())];
  return Uint8Array.from(Buffer.concat([Buffer.from(SIGNATURE), ...parts]));
}

const BOMB = deflateSync(Buffer.alloc(40_000_000), { level: 9 });

/** Each of them says that it is a picture, and is none that may be taken. */
export const HOSTILE: [name: string, type: string, bytes: () => Uint8Array<ArrayBuffer>][] = [
  ["nothing", "image/png", () => new Uint8Array()],
  ["a PNG that was cut off", "image/png", () => pngOf(qrPixels(LINK)).slice(0, 300)],
  ["a PNG without its end", "image/png", () => pngOf(qrPixels(LINK)).slice(0, -12)],
  ["a PNG with a wrong checksum", "image/png", () => flipped(pngOf(qrPixels(LINK)), 60)],
  ["only a signature", "image/png", () => Uint8Array.from(SIGNATURE)],
  [
    "a header of 4 billion pixels a side",
    "image/png",
    () => rawPng(0xffffffff, 0xffffffff, deflateSync("x")),
  ],
  ["a header of 30,000 pixels a side", "image/png", () => rawPng(30_000, 30_000, deflateSync("x"))],
  ["a header of no pixels", "image/png", () => rawPng(0, 5, deflateSync("x"))],
  ["a PNG that unpacks to 40 MB", "image/png", () => rawPng(100, 100, BOMB)],
  [
    "a profile that unpacks to 40 MB, and no picture",
    "image/png",
    () =>
      rawPng(
        100,
        100,
        deflateSync("x"),
        chunk("iCCP", Buffer.concat([Buffer.from("p\0\0"), BOMB.subarray(0, 30_000)])),
      ),
  ],
  ["too little data for the picture", "image/png", () => rawPng(500, 500, deflateSync(Buffer.alloc(500)))],
  ["a JPEG called PNG", "image/png", () => jpegOf(qrPixels(LINK))],
  ["a GIF called PNG", "image/png", () => bytesOf("GIF89a\x01\x00\x01\x00")],
];

export const HOSTILE_JPEG: typeof HOSTILE = [
  ["a PNG called JPEG", "image/jpeg", () => pngOf(qrPixels(LINK))],
  ["a JPEG that was cut off", "image/jpeg", () => jpegOf(qrPixels(LINK)).slice(0, 700)],
  ["a JPEG of 65,535 pixels a side", "image/jpeg", () => resized(jpegOf(qrPixels(LINK)), 0xffff)],
  ["a JPEG of no pixels", "image/jpeg", () => resized(jpegOf(qrPixels(LINK)), 0)],
  ["a JPEG of noise", "image/jpeg", () => scrambled(jpegOf(qrPixels(LINK)))],
];

function flipped(bytes: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  bytes[at] = (bytes[at] as number) ^ 0xff;
  return bytes;
}

/** Sets the size in a JPEG's frame header. */
function resized(bytes: Uint8Array<ArrayBuffer>, side: number): Uint8Array<ArrayBuffer> {
  const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
  new DataView(bytes.buffer).setUint16(at + 5, side);
  new DataView(bytes.buffer).setUint16(at + 7, side);
  return bytes;
}

/** Keeps the markers and the length of a JPEG's first segments, and spoils all between. */
function scrambled(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  for (let i = 20; i < bytes.length - 2; i++) bytes[i] = (bytes[i] as number) ^ ((i * 37) & 0x7f);
  return bytes;
}

/** A PNG that does not pack: about three bytes a pixel. */
export function noisy(side: number): Uint8Array<ArrayBuffer> {
  let seed = 1;
  const next = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16;
  return pngOf(drawn(side, side, () => [next() & 255, next() & 255, next() & 255]));
}
