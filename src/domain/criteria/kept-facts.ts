import { type Facts, NO_STORED_FACTS } from "./facts.ts";

/** What facts say where nothing is special. Kept facts go by it: a value may be added here, never changed. */
const USUAL = {
  ...NO_STORED_FACTS,
  acknowledged: true,
  answers: {},
  accessCode: null,
  emailDomain: null,
  vouched: false,
  country: null,
  scannedAt: null,
  human: null,
  applicationId: null,
} satisfies Partial<Facts>;

/** Whose facts they are: that stands beside them, wherever they are kept. */
export type Whose = Pick<Facts, "identityHash" | "campaignId">;

const usual = new Map(Object.entries(USUAL).map(([name, value]) => [name, JSON.stringify(value)]));

const goesWithoutSaying = (name: string, value: unknown): boolean =>
  name === "identityHash" || name === "campaignId" || usual.get(name) === JSON.stringify(value);

/** What has to be kept of facts: for most people a third of them, or less. See `wholeFacts`. */
export const shortFacts = (facts: Facts): Partial<Facts> =>
  Object.fromEntries(Object.entries(facts).filter(([name, value]) => !goesWithoutSaying(name, value)));

/** The facts of which that was kept. Those that were kept whole stay as they are. */
export const wholeFacts = (kept: Partial<Facts>, whose: Whose): Facts =>
  ({ ...USUAL, ...whose, ...kept }) as Facts;
