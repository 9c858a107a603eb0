import { levelOf, plateSide, type QrStyle, rgb } from "../../domain/qr.ts";
import { fieldProblem } from "../../services/call.ts";
import { canvasOf, paint, type Pixels, scaled } from "../../services/pictures/pixels.ts";
import { readLogo } from "../../services/images.ts";
import { readOpaque } from "../../services/pictures/read-qr.ts";
import { encodeQr, type Matrix, runsOf, underPlate } from "./matrix.ts";

/** A logo that is known to leave its code readable, and how many modules a side it may take. */
export type Logo = { url: string; pixels: Pixels; plate: number };

/** How a code looks; its size does not matter to where things lie. */
type Drawing = Omit<QrStyle, "size">;

/** Light modules between a logo and the code around it, on each side. */
const PADDING = 0.5;

/** Where a logo lies on its plate, in modules from the plate's corner, with its proportions kept. */
export function placeOf({ pixels, plate }: Logo): { x: number; y: number; width: number; height: number } {
  const room = plate > 2 ? plate - 2 * PADDING : plate;
  const scale = room / Math.max(pixels.width, pixels.height);
  const [width, height] = [pixels.width * scale, pixels.height * scale];
  return { x: (plate - width) / 2, y: (plate - height) / 2, width, height };
}

/**
 * Makes a community's logo fit the code of a text: the largest plate within the style's `logoArea`
 * with which the very code is read again.
 * @throws Problem `invalid_request` at `?logo`: there is none, or the code cannot bear it
 */
export async function fitLogo(text: string, style: Drawing, url: string | null): Promise<Logo> {
  if (url === null) {
    throw fieldProblem("?logo", "no_logo", "the community has no logo: PUT one to /v1/communities/{id}/logo");
  }
  const pixels = await readLogo(url);
  const matrix = encodeQr(text, levelOf(style));
  for (let plate = plateSide(matrix.size, style.logoArea); plate > 0; plate -= 2) {
    const logo = { url, pixels, plate };
    if (readOpaque(drawPixels(matrix, style, CHECK_SCALE, logo)) === text) return logo;
  }
  throw fieldProblem("?logo", "logo_unreadable", "hides too much of this code: use a simpler logo");
}

/** Pixels a module for the check. */
const CHECK_SCALE = 4;

/** The code with its logo as pixels, each module `scale` of them. */
export function drawPixels(matrix: Matrix, style: Drawing, scale: number, logo: Logo): Pixels {
  const side = (matrix.size + 2 * style.margin) * scale;
  const canvas = canvasOf(side, side, rgb(style.light));
  const line = canvasOf(side, scale, rgb(style.dark));
  for (const [row, column, length] of runsOf(underPlate(matrix, logo.plate))) {
    const [x, y] = [(column + style.margin) * scale, (row + style.margin) * scale];
    for (let i = 0; i < scale; i++) {
      canvas.data.set(line.data.subarray(0, length * scale * 4), ((y + i) * side + x) * 4);
    }
  }
  const corner = (matrix.size - logo.plate) / 2 + style.margin;
  const place = placeOf(logo);
  const px = (modules: number) => Math.max(1, Math.round(modules * scale));
  const small = scaled(logo.pixels, px(place.width), px(place.height));
  paint(canvas, small, Math.round((corner + place.x) * scale), Math.round((corner + place.y) * scale));
  return canvas;
}
