import { z } from "zod";

export const QR_LEVELS = ["L", "M", "Q", "H"] as const;
const colour = z.string().regex(/^#?[0-9a-fA-F]{6}$/, "is not a colour like 1a2b3c");

/** The parameters of a QR image. `size` is the side in pixels, `margin` the quiet zone in modules. */
export const qrQuery = z
  .strictObject({
    size: z.coerce.number().int().min(64).max(2048).default(400),
    margin: z.coerce.number().int().min(2).max(16).default(4),
    level: z.enum(QR_LEVELS).default("M"),
    dark: colour.default("000000"),
    light: colour.default("ffffff"),
    lang: z.string().max(10).optional(),
  })
  .refine(({ dark, light }) => contrast(dark, light) >= 4 && luminance(dark) < luminance(light), {
    path: ["dark"],
    message: "must be much darker than light: scanners want a contrast of 4 to 1",
  });
export type QrStyle = z.output<typeof qrQuery>;

/** A colour's six hex digits as three bytes. */
export function rgb(hex: string): [number, number, number] {
  const digits = hex.replace("#", "");
  const at = (i: number) => Number.parseInt(digits.slice(i, i + 2), 16);
  return [at(0), at(2), at(4)];
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = rgb(hex).map((byte) => {
    const c = byte / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio, WCAG 2.2: 1 to 21. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}
