import jsqr from "jsqr";
import { canvasOf, paint, type Pixels, within } from "./pixels.ts";

/** The sides that a picture is shrunk to before it is searched: they bound what a hostile one costs. */
const SIDES = [640, 1000];

/** The text of the QR code in a picture, or null when none is found. */
export function readQr(picture: Pixels): string | null {
  for (const [i, side] of SIDES.entries()) {
    if (i > 0 && Math.max(picture.width, picture.height) <= (SIDES[i - 1] as number)) return null;
    const small = within(picture, side);
    const opaque = canvasOf(small.width, small.height, [255, 255, 255]);
    paint(opaque, small, 0, 0);
    const found = readOpaque(opaque);
    if (found !== null) return found;
  }
  return null;
}

/** The same for a picture that has no see-through pixel and is small enough. */
export function readOpaque({ data, width, height }: Pixels): string | null {
  return jsqr(data, width, height, { inversionAttempts: "dontInvert" })?.data || null;
}
