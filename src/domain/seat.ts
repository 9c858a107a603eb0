export const SEAT_STATES = ["reserved", "confirmed"] as const;
/** A seat is reserved at the join, and confirmed by whoever the campaign's policy trusts with it. */
export type SeatState = (typeof SEAT_STATES)[number];

export const CONFIRMATION_SOURCES = ["join", "reveal", "operator", "carrier"] as const;
/** Who said that the person really is in the group. */
export type ConfirmationSource = (typeof CONFIRMATION_SOURCES)[number];
