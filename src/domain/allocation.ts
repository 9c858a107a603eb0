import { z } from "zod";
import { line, webUrl } from "./shapes.ts";
import type { ConfirmationSource, SeatState } from "./seat.ts";

export const STRATEGIES = ["in_order", "least_filled", "weighted"] as const;
/** Which open group the next person is sent to. */
export type Strategy = (typeof STRATEGIES)[number];

export const CONFIRM_POLICIES = ["reveal", "operator", "carrier"] as const;

/** What is offered when no seat is left: a place on the waitlist, and beside it the rest in this order. */
const fallback = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("waitlist") }),
  z.strictObject({ kind: z.literal("contact"), contact: line(300) }),
  z.strictObject({ kind: z.literal("page"), url: webUrl }),
]);
export type Fallback = z.output<typeof fallback>;

/**
 * How seats are given. `reveal`: the link is shown with the join, which confirms the seat at once.
 * `operator`, `carrier`: a seat is reserved for `reservationMinutes` until it is confirmed.
 */
export const allocation = z.strictObject({
  strategy: z.enum(STRATEGIES),
  confirm: z.enum(CONFIRM_POLICIES).default("reveal"),
  reservationMinutes: z
    .int()
    .min(1)
    .max(60 * 24 * 30)
    .default(60 * 24),
  fallback: z
    .array(fallback)
    .max(5)
    .default([{ kind: "waitlist" }]),
});
export type Allocation = z.output<typeof allocation>;

/** A seat as it is first given. */
export type NewSeat = {
  state: SeatState;
  until: number | null;
  confirmedAt: number | null;
  source: ConfirmationSource | null;
};

/** The seat that a join at `now` gives under a policy. */
export function newSeat({ confirm, reservationMinutes }: Allocation, now: number): NewSeat {
  return confirm === "reveal"
    ? { state: "confirmed", until: null, confirmedAt: now, source: "reveal" }
    : { state: "reserved", until: now + reservationMinutes * 60_000, confirmedAt: null, source: null };
}

/** Whether people may wait for a seat. */
export const hasWaitlist = ({ fallback: chain }: Allocation): boolean =>
  chain.some(({ kind }) => kind === "waitlist");
