import { Problem } from "../../domain/problem.ts";
import type { Bounds } from "./pixels.ts";

/** The refusal of bytes that are not the picture that they claim to be. */
export const unreadable = (type: string): Problem =>
  new Problem("image_invalid", `The body is not a ${type} that can be read.`);

/** Demands that a picture has pixels, and not too many: asked before it is unpacked. */
export function demandBounds(width: number, height: number, bounds: Bounds): void {
  if (width > 0 && height > 0 && Math.max(width, height) <= bounds.side && width * height <= bounds.pixels) {
    return;
  }
  throw new Problem(
    "image_invalid",
    `The picture has ${width} × ${height} pixels: at most ${bounds.side} a side and ${bounds.pixels} in all.`,
  );
}
