import { Resvg } from "@resvg/resvg-js";
import fc from "fast-check";
import jpeg from "jpeg-js";
import { crc32, deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { fromDataUrl, toDataUrl } from "../../src/services/pictures/data-url.ts";
import { readJpeg } from "../../src/services/pictures/jpeg.ts";
import { within } from "../../src/services/pictures/pixels.ts";
import { readPng } from "../../src/services/pictures/png.ts";

const BOUNDS = { side: 4096, pixels: 4_000_000 };
const [WIDTH, HEIGHT] = [13, 9];

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** Bytes that look random and are the same every time. */
function bytes(length: number, most = 256): Buffer {
  let seed = 7;
  return Buffer.from(
    Array.from({ length }, () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16) % most),
  );
}

/** A PNG of one of the format's kinds, each row with another filter. */
function pngOfKind(type: number, depth: number, channels: number, clear: boolean): Uint8Array<ArrayBuffer> {
  const stride = Math.ceil((WIDTH * channels * depth) / 8);
  // Filtered indices would leave the palette.
  const full = type === 3 && depth === 8;
  const rows = Array.from({ length: HEIGHT }, (_, y) => [
    full ? 0 : y % 5,
    ...bytes(stride, full ? 16 : 256),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([depth, type], 8);
  const none = type === 3 ? [0, 128] : type === 0 ? [0, 1] : [0, 1, 0, 2, 0, 3];
  const parts = [
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    ...(type === 3 ? [chunk("PLTE", bytes(3 * Math.min(16, 2 ** depth)))] : []),
    ...(clear ? [chunk("tRNS", Buffer.from(none))] : []),
    chunk("IDAT", deflateSync(Buffer.from(rows.flat()))),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Uint8Array.from(Buffer.concat(parts));
}

const KINDS = [
  [0, [1, 2, 4, 8, 16], 1, [false, true]],
  [2, [8, 16], 3, [false, true]],
  [3, [1, 2, 4, 8], 1, [false, true]],
  [4, [8, 16], 2, [false]],
  [6, [8, 16], 4, [false]],
] as const;

describe("a picture", () => {
  test("as PNG of any kind has the pixels that another reader sees", async () => {
    for (const [type, depths, channels, clears] of KINDS) {
      for (const depth of depths) {
        for (const clear of clears) {
          const png = pngOfKind(type, depth, channels, clear);
          const { data } = (await readPng(png, BOUNDS)).pixels;
          const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><image width="${WIDTH}" height="${HEIGHT}" href="${toDataUrl("image/png", png)}"/></svg>`;
          // The other one multiplies colours by their opacity, and rounds.
          const seen = new Resvg(svg).render().pixels;
          const off = [...seen].map((value, i) => {
            const alpha = data[i - (i % 4) + 3] as number;
            return Math.abs(value - (i % 4 === 3 ? alpha : ((data[i] as number) * alpha) / 255));
          });
          expect(Math.max(...off), `type ${type}, ${depth} bits, clear ${clear}`).toBeLessThan(3);
        }
      }
    }
  });

  test("as JPEG is read up to the size of a phone's screen, and not beyond", () => {
    const encode = (width: number, height: number) =>
      Uint8Array.from(jpeg.encode({ width, height, data: new Uint8Array(width * height * 4) }, 10).data);
    expect(readJpeg(encode(1080, 1920), BOUNDS).pixels).toMatchObject({ width: 1080, height: 1920 });
    expect(() => readJpeg(encode(1500, 1500), BOUNDS)).toThrow("2100000 in all");
  });

  test("of any bytes is read or refused in a moment, and breaks nothing", async () => {
    const [png, jpg] = [
      pngOfKind(6, 8, 4, false),
      Uint8Array.from(jpeg.encode({ width: 16, height: 16, data: bytes(1024) }).data),
    ];
    const spoilt = (whole: Uint8Array) =>
      fc
        .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
        .map((changes) => {
          const copy = Uint8Array.from(whole);
          for (const [at, value] of changes) copy[at] = value;
          return copy;
        });
    const outcome = async (read: () => unknown): Promise<string> => {
      try {
        await read();
        return "read";
      } catch (error) {
        return (error as { code?: string }).code ?? String(error);
      }
    };
    await fc.assert(
      fc.asyncProperty(spoilt(png), spoilt(jpg), async (a, b) => {
        expect(await outcome(() => readPng(a, BOUNDS))).toMatch(/^(read|image_invalid)$/);
        expect(await outcome(() => readJpeg(b, BOUNDS))).toMatch(/^(read|image_invalid)$/);
      }),
      { numRuns: 500 },
    );
  }, 30_000);

  test("comes back from a data URL as it went in; what is none is refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20_000 }), (data) => {
        expect(fromDataUrl(toDataUrl("image/png", data))).toEqual({ type: "image/png", bytes: data });
      }),
      { numRuns: 50 },
    );
    for (const url of [
      "",
      "data:",
      "data:image/png,x",
      "data:image/png;base64,",
      "data:image/png;base64,a",
      "x",
    ]) {
      expect(fromDataUrl(url)).toBe(null);
    }
  });

  test("shrinks to its bounds with its proportions", () => {
    const picture = { width: 300, height: 100, data: new Uint8ClampedArray(300 * 100 * 4).fill(200) };
    const small = within(picture, 60);
    expect([small.width, small.height]).toEqual([60, 20]);
    expect(new Set(small.data)).toEqual(new Set([200]));
    expect(within(picture, 300)).toBe(picture);
  });
});
