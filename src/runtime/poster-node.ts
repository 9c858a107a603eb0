import type { Rasterise } from "./ports.ts";

/** Drawings that are kept: drawing one with Chinese letters takes half a second of another thread. */
const KEPT = 8;

/**
 * Draws an SVG as PNG with the system's fonts; null where the package has no build for this platform.
 * Chinese wants a font that has it: Debian's `fonts-noto-cjk`, for one.
 */
export async function loadRasteriser(): Promise<Rasterise | null> {
  try {
    const { renderAsync } = await import("@resvg/resvg-js");
    return keepLast(async (svg, width) => {
      const drawn = await renderAsync(svg, {
        fitTo: { mode: "width", value: width },
        font: { loadSystemFonts: true },
      });
      return new Uint8Array(drawn.asPng());
    });
  } catch {
    return null;
  }
}

/** The same with the last few drawings kept; who asks for one that is being drawn waits for that. */
function keepLast(draw: Rasterise): Rasterise {
  const kept = new Map<string, ReturnType<Rasterise>>();
  return async (svg, width) => {
    const key = `${width} ${svg}`;
    const drawing = kept.get(key) ?? draw(svg, width);
    kept.delete(key);
    kept.set(key, drawing);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    try {
      return await drawing;
    } catch (error) {
      kept.delete(key);
      throw error;
    }
  };
}
