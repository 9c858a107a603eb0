import { accessCode } from "./access-code.ts";
import { acknowledgement } from "./acknowledgement.ts";
import { answer } from "./answer.ts";
import { emailDomain } from "./email-domain.ts";
import { human } from "./human.ts";
import { identityKind } from "./identity-kind.ts";
import { invitedBy } from "./invited-by.ts";
import { level } from "./level.ts";
import { list } from "./list.ts";
import { newcomer } from "./newcomer.ts";
import { payment } from "./payment.ts";
import { purchase } from "./purchase.ts";
import { quota } from "./quota.ts";
import { region } from "./region.ts";
import { review } from "./review.ts";
import { schedule } from "./schedule.ts";
import type { Criterion } from "./types.ts";
import { verifiedContact } from "./verified-contact.ts";

/** Every criterion that a gate may use, one a line. The types, the API schema, the form and the docs follow. */
const registry = [
  acknowledgement,
  answer,
  accessCode,
  invitedBy,
  identityKind,
  emailDomain,
  region,
  review,
  level,
  payment,
  purchase,
  list,
  newcomer,
  schedule,
  quota,
  verifiedContact,
  human,
] as const;

type ConfigOf<C> = C extends Criterion<infer Config> ? Config : never;

/** The config of any criterion, told apart by `kind`. */
export type CriterionConfig = ConfigOf<(typeof registry)[number]>;

export type CriterionKind = CriterionConfig["kind"];

export const CRITERIA = registry as readonly unknown[] as readonly Criterion[];

const byKind = new Map<unknown, Criterion>(CRITERIA.map((criterion) => [criterion.kind, criterion]));

/** The criterion of a kind, or undefined when nobody has written it. */
export const criterionOf = (kind: unknown): Criterion | undefined => byKind.get(kind);
