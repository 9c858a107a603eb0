import { z } from "zod";
import { isReadable, needsH, QR_LEVELS, qrInk, unreadableColours } from "./qr.ts";

/** A poster's proportions: what its drawing is laid out in. */
export const POSTER = { width: 720, height: 1280 } as const;

/** The parameters of a poster. `width` is in pixels; the height follows. Its two colours are the code's. */
export const posterQuery = z
  .strictObject({
    width: z.coerce.number().int().min(360).max(2160).default(POSTER.width),
    level: z.enum(QR_LEVELS).optional(),
    ...qrInk,
  })
  .refine(isReadable, unreadableColours())
  .refine(...needsH());
export type PosterStyle = z.output<typeof posterQuery>;

/** Until when a poster's code leads anywhere: the earlier of the invite's and the campaign's end. */
export function posterEnd(inviteEnd: number | null, campaignEnd: number | null): number | null {
  if (inviteEnd === null || campaignEnd === null) return inviteEnd ?? campaignEnd;
  return Math.min(inviteEnd, campaignEnd);
}

/** Characters that XML cannot hold however they are escaped, and those that turn a line around. */
const UNFIT =
  /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]|[\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;

/** Text that may stand in an SVG, once it is escaped. */
export const xmlText = (text: string): string => text.replace(UNFIT, "");
