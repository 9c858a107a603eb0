import QRCode from "qrcode";
import { type QrStyle, rgb } from "../domain/qr.ts";

/** The modules of a QR code, row by row; true is dark. */
export type Matrix = { size: number; dark: (row: number, column: number) => boolean };

/** Encodes text. All upper case without `?`, `=`, `_`, `#` makes the smallest code (alphanumeric mode). */
export function encodeQr(text: string, level: QrStyle["level"]): Matrix {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: level });
  return { size: modules.size, dark: (row, column) => modules.get(row, column) === 1 };
}

const hex = (colour: string): string => `#${colour.replace("#", "")}`;

/** The code as SVG: one path of whole modules, crisp at every size. */
export function qrSvg(text: string, style: QrStyle): string {
  const matrix = encodeQr(text, style.level);
  const side = matrix.size + 2 * style.margin;
  let path = "";
  for (let row = 0; row < matrix.size; row++) {
    for (let column = 0; column < matrix.size; column++) {
      if (!matrix.dark(row, column)) continue;
      const start = column;
      while (column + 1 < matrix.size && matrix.dark(row, column + 1)) column++;
      const length = column - start + 1;
      path += `M${start + style.margin} ${row + style.margin}h${length}v1h-${length}z`;
    }
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${style.size}" height="${style.size}" ` +
    `viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">` +
    `<rect width="${side}" height="${side}" fill="${hex(style.light)}"/>` +
    `<path fill="${hex(style.dark)}" d="${path}"/></svg>`
  );
}

/**
 * The code as PNG: two palette colours, one bit a pixel. The modules are whole pixels, so the side is
 * the largest multiple of the module count that fits `size` (and at least one pixel a module).
 */
export async function qrPng(text: string, style: QrStyle): Promise<Uint8Array<ArrayBuffer>> {
  const matrix = encodeQr(text, style.level);
  const modules = matrix.size + 2 * style.margin;
  const scale = Math.max(1, Math.floor(style.size / modules));
  const side = modules * scale;
  const stride = 1 + Math.ceil(side / 8);
  const pixels = new Uint8Array(stride * side);
  for (let row = 0; row < matrix.size; row++) {
    const line = new Uint8Array(stride);
    for (let column = 0; column < matrix.size; column++) {
      if (!matrix.dark(row, column)) continue;
      const from = (column + style.margin) * scale;
      for (let x = from; x < from + scale; x++) line[1 + (x >> 3)]! |= 0x80 >> (x & 7);
    }
    const top = (row + style.margin) * scale;
    for (let y = top; y < top + scale; y++) pixels.set(line, y * stride);
  }
  return png(side, [rgb(style.light), rgb(style.dark)], pixels);
}

type Rgb = [number, number, number];

/** A palette PNG of one bit a pixel (https://www.w3.org/TR/png-3/). `pixels` has a filter byte a row. */
async function png(
  side: number,
  palette: [Rgb, Rgb],
  pixels: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, side);
  view.setUint32(4, side);
  header.set([1, 3], 8);
  const deflated = new Blob([pixels]).stream().pipeThrough(new CompressionStream("deflate"));
  const data = new Uint8Array(await new Response(deflated).arrayBuffer());
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("PLTE", Uint8Array.from(palette.flat())),
    chunk("IDAT", data),
    chunk("IEND", new Uint8Array()),
  ];
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
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
