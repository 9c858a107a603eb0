import type { Rasterise } from "./ports.ts";

/**
 * Draws an SVG as PNG with the system's fonts; null where the package has no build for this platform.
 * Chinese wants a font that has it: Debian's `fonts-noto-cjk`, for one.
 */
export async function loadRasteriser(): Promise<Rasterise | null> {
  try {
    const { renderAsync } = await import("@resvg/resvg-js");
    return async (svg, width) => {
      const drawn = await renderAsync(svg, {
        fitTo: { mode: "width", value: width },
        font: { loadSystemFonts: true },
      });
      return new Uint8Array(drawn.asPng());
    };
  } catch {
    return null;
  }
}
