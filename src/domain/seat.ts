import { z } from "zod";
import { instant, line } from "./shapes.ts";

export const SEAT_STATES = ["reserved", "confirmed"] as const;
/** A seat is reserved at the join, and confirmed by whoever the campaign's policy trusts with it. */
export type SeatState = (typeof SEAT_STATES)[number];

export const CONFIRMATION_SOURCES = ["join", "reveal", "operator", "carrier"] as const;
/** Who said that the person really is in the group. */
export type ConfirmationSource = (typeof CONFIRMATION_SOURCES)[number];

/** What may be told of somebody who left or came back. An event's id makes it count once. */
export const told = z.strictObject({ eventId: line(100).optional(), at: instant.optional() });
export type Told = z.output<typeof told>;
