/**
 * What is said of a referral: it counts, it does not, or the person is out altogether. `released`: a re-check
 * took them out, and whoever brought them keeps the credit.
 */
export const STANDINGS = ["good", "voided", "removed", "released"] as const;
export type Standing = (typeof STANDINGS)[number];

/** Whether somebody of this standing is out. */
export const isOut = (standing: Standing | null): boolean =>
  standing === "removed" || standing === "released";

/** Whether bringing somebody of this standing counts, as far as the standing goes. */
export const isCredited = (standing: Standing): boolean => standing === "good" || standing === "released";

/** All that decides whether a referral counts. */
export type Credit = {
  /** The person is in the campaign: they did not leave, or came back. */
  present: boolean;
  /** They stayed as long as the campaign's rules ask. */
  qualified: boolean;
  standing: Standing;
};

/** `pending` until the friend has stayed long enough; `voided` while they are gone or it was undone. */
export const REFERRAL_STATUSES = ["pending", "qualified", "voided"] as const;
export type ReferralStatus = (typeof REFERRAL_STATUSES)[number];

/** How a referral stands. Of somebody who was released it stands as if they were there still. */
export function referralStatus({ present, qualified, standing }: Credit): ReferralStatus {
  if (!isCredited(standing) || (!present && standing === "good")) return "voided";
  return qualified ? "qualified" : "pending";
}

const PRESENT = 1;
const QUALIFIED = 2;

/** A credit as a small number, 0–15, for the database. */
export const creditState = ({ present, qualified, standing }: Credit): number =>
  (present ? PRESENT : 0) + (qualified ? QUALIFIED : 0) + 4 * STANDINGS.indexOf(standing);

/** The credit behind a number of `creditState`. */
export const readCredit = (state: number): Credit => ({
  present: (state & PRESENT) !== 0,
  qualified: (state & QUALIFIED) !== 0,
  standing: STANDINGS[state >> 2] ?? "good",
});

/** Every number that `creditState` can give. */
export const CREDIT_STATES: readonly number[] = Array.from({ length: 4 * STANDINGS.length }, (_, i) => i);
