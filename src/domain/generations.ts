import { isOut, readCredit, referralStatus } from "./credit.ts";

/** People so many levels below somebody. */
export type Generation = {
  /** Everybody who came, whatever became of them. */
  people: number;
  /** Those whose referral is qualified. */
  qualified: number;
  /** Those who did not leave and were not removed. */
  present: number;
};

export const nobody = (): Generation => ({ people: 0, qualified: 0, present: 0 });

/** Adds people of one state (see `creditState`) to a generation. */
export function addPeople(to: Generation, state: number, people: number): void {
  const credit = readCredit(state);
  to.people += people;
  if (referralStatus(credit) === "qualified") to.qualified += people;
  if (credit.present && !isOut(credit.standing)) to.present += people;
}
