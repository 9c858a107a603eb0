import { z } from "zod";

export const QR_LEVELS = ["L", "M", "Q", "H"] as const;
export type QrLevel = (typeof QR_LEVELS)[number];

/** Six hex digits. */
export const colour = z.string().regex(/^#?[0-9a-fA-F]{6}$/, "is not a colour like 1a2b3c");

/** A logo may hide no more than this share of a code, in per cent. */
export const MAX_LOGO_AREA = 15;

/** The parameters of every picture that has a QR code in it. */
export const qrInk = {
  dark: colour.default("000000"),
  light: colour.default("ffffff"),
  logo: z.enum(["0", "1"]).default("0"),
  logoArea: z.coerce.number().int().min(1).max(MAX_LOGO_AREA).default(12),
  lang: z.string().max(10).optional(),
};

type Colours = { dark: string; light: string };

/** Whether scanners can tell the colours apart; the dark ones must be the code's. */
export const isReadable = ({ dark, light }: Colours): boolean =>
  contrast(dark, light) >= 4 && luminance(dark) < luminance(light);

/** What is said of colours that are not. */
export const unreadableColours = () => ({
  path: ["dark"],
  message: "must be much darker than light: scanners want a contrast of 4 to 1",
});

/** Only a code of level H bears a logo: the arguments of a `refine`. */
export const needsH = (): [
  (style: { logo: "0" | "1"; level?: QrLevel | undefined }) => boolean,
  { path: string[]; message: string },
] => [
  ({ logo, level }) => logo === "0" || level === undefined || level === "H",
  { path: ["level"], message: "must be H for a code with a logo" },
];

/**
 * The parameters of a QR image. `size` is the side in pixels, `margin` the quiet zone in modules.
 * `level` is M by default, and H for a code with a logo, which nothing less survives.
 */
export const qrQuery = z
  .strictObject({
    size: z.coerce.number().int().min(64).max(2048).default(400),
    margin: z.coerce.number().int().min(2).max(16).default(4),
    level: z.enum(QR_LEVELS).optional(),
    ...qrInk,
  })
  .refine(isReadable, unreadableColours())
  .refine(...needsH());
export type QrStyle = z.output<typeof qrQuery>;

/** The error correction that a style asks for. */
export const levelOf = ({ level, logo }: Pick<QrStyle, "level" | "logo">): QrLevel =>
  level ?? (logo === "1" ? "H" : "M");

/**
 * The side in modules of the plate that a logo may have in the middle of a code of `modules` a side:
 * the largest odd number (so are codes) whose square is within `area` per cent; 0 when there is none.
 */
export function plateSide(modules: number, area: number): number {
  const side = Math.floor(Math.sqrt((modules * modules * area) / 100));
  return side % 2 === 1 ? side : Math.max(0, side - 1);
}

/** A colour's six hex digits as three bytes. */
export function rgb(hex: string): [number, number, number] {
  const digits = hex.replace("#", "");
  const at = (i: number) => Number.parseInt(digits.slice(i, i + 2), 16);
  return [at(0), at(2), at(4)];
}

/** A colour as CSS and SVG write it. */
export const cssColour = (hex: string): string => `#${hex.replace("#", "")}`;

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
