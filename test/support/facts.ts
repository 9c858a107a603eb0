import { type Facts, NO_STORED_FACTS } from "../../src/domain/criteria/facts.ts";

/** Facts of somebody of whom nothing is known but what is given. */
export const factsOf = (given: Partial<Facts> = {}): Facts => ({
  ...NO_STORED_FACTS,
  now: 0,
  acknowledged: true,
  answers: {},
  accessCode: null,
  identityHash: "",
  identityType: "custom",
  emailDomain: null,
  vouched: false,
  country: null,
  invitedBy: "channel",
  scannedAt: null,
  human: null,
  campaignId: "cmp_00000000001",
  applicationId: null,
  timezone: "UTC",
  campaignBeganAt: 0,
  ...given,
});
