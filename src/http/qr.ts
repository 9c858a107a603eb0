import { cssColour, levelOf, type QrStyle, rgb } from "../domain/qr.ts";
import { drawPixels, type Logo, placeOf } from "./qr/logo.ts";
import { encodeQr, type Matrix, runsOf, underPlate } from "./qr/matrix.ts";
import { strideOf, writePng } from "./qr/png.ts";

export { encodeQr };

/** The code as SVG: one path of whole modules, crisp at every size; a logo lies on a light plate. */
export function qrSvg(text: string, style: QrStyle, logo: Logo | null = null): string {
  const { side, inner } = qrSvgParts(text, style, logo);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${style.size}" height="${style.size}" ` +
    `viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">${inner}</svg>`
  );
}

/** What stands inside the code's SVG element, and how many modules its view box has a side. */
export function qrSvgParts(
  text: string,
  style: Omit<QrStyle, "size">,
  logo: Logo | null,
): { side: number; inner: string } {
  const whole = encodeQr(text, levelOf(style));
  const matrix = logo === null ? whole : underPlate(whole, logo.plate);
  const side = matrix.size + 2 * style.margin;
  let path = "";
  for (const [row, column, length] of runsOf(matrix)) {
    path += `M${column + style.margin} ${row + style.margin}h${length}v1h-${length}z`;
  }
  const inner =
    `<rect width="${side}" height="${side}" fill="${cssColour(style.light)}"/>` +
    `<path fill="${cssColour(style.dark)}" d="${path}"/>` +
    (logo === null ? "" : logoSvg(matrix, style, logo));
  return { side, inner };
}

function logoSvg(matrix: Matrix, style: Omit<QrStyle, "size">, logo: Logo): string {
  const corner = (matrix.size - logo.plate) / 2 + style.margin;
  const { x, y, width, height } = placeOf(logo);
  return (
    `<rect x="${corner}" y="${corner}" width="${logo.plate}" height="${logo.plate}" fill="${cssColour(style.light)}"/>` +
    `<image x="${corner + x}" y="${corner + y}" width="${width}" height="${height}" href="${logo.url}"/>`
  );
}

/**
 * The code as PNG. The modules are whole pixels, so the side is the largest multiple of the module
 * count that fits `size` (and at least one pixel a module). Without a logo it has two palette colours.
 */
export async function qrPng(
  text: string,
  style: QrStyle,
  logo: Logo | null = null,
): Promise<Uint8Array<ArrayBuffer>> {
  const matrix = encodeQr(text, levelOf(style));
  const modules = matrix.size + 2 * style.margin;
  const scale = Math.max(1, Math.floor(style.size / modules));
  const side = modules * scale;
  if (logo === null) {
    return writePng(side, [rgb(style.light), rgb(style.dark)], bitRows(matrix, style.margin, scale, side));
  }
  const { data } = drawPixels(matrix, style, scale, logo);
  const stride = strideOf(side, 24);
  const rows = new Uint8Array(stride * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0, to = y * stride + 1, from = y * side * 4; x < side; x++, to += 3, from += 4) {
      rows[to] = data[from] as number;
      rows[to + 1] = data[from + 1] as number;
      rows[to + 2] = data[from + 2] as number;
    }
  }
  return writePng(side, null, rows);
}

/** One bit a pixel: 1 is dark. */
function bitRows(matrix: Matrix, margin: number, scale: number, side: number): Uint8Array<ArrayBuffer> {
  const stride = strideOf(side, 1);
  const rows = new Uint8Array(stride * side);
  const line = new Uint8Array(stride);
  let drawn = -1;
  for (const [row, column, length] of runsOf(matrix)) {
    if (row !== drawn) line.fill(0);
    drawn = row;
    const from = (column + margin) * scale;
    for (let x = from; x < from + length * scale; x++) line[1 + (x >> 3)]! |= 0x80 >> (x & 7);
    const top = (row + margin) * scale;
    for (let y = top; y < top + scale; y++) rows.set(line, y * stride);
  }
  return rows;
}
