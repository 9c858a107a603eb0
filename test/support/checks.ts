import { type Check, DEFAULT_RECHECK, type RecheckRules, type Seen } from "../../src/domain/elimination.ts";

export const HOUR = 3_600_000;
export const T0 = Date.parse("2026-03-01T08:00:00Z");

/** Rules of a campaign that removes by itself. */
export const rulesOf = (given: Partial<RecheckRules> = {}): RecheckRules => ({
  ...DEFAULT_RECHECK,
  action: "remove",
  ...given,
});
/** Somebody who is in, does not pass, and can be taken out. */
export const seenAs = (given: Partial<Seen> = {}): Seen => ({
  passes: false,
  spared: null,
  appealed: false,
  removable: true,
  presence: "in",
  again: null,
  ...given,
});
/** A check at its beginning. */
export const standing = (given: Partial<Check> = {}): Check => ({
  state: "passing",
  since: null,
  graceUntil: null,
  exemptUntil: null,
  ...given,
});
