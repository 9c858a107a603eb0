import { accessCode } from "./access-code.ts";
import { acknowledgement } from "./acknowledgement.ts";
import { answer } from "./answer.ts";
import { level } from "./level.ts";
import { payment } from "./payment.ts";
import { purchase } from "./purchase.ts";
import { review } from "./review.ts";
import type { Criterion } from "./types.ts";

/** Every criterion that a gate may use. The types, the API schema, the form and the docs follow. */
const registry = [acknowledgement, answer, accessCode, review, level, payment, purchase] as const;

type ConfigOf<C> = C extends Criterion<infer Config> ? Config : never;

/** The config of any criterion, told apart by `kind`. */
export type CriterionConfig = ConfigOf<(typeof registry)[number]>;

export type CriterionKind = CriterionConfig["kind"];

export const CRITERIA = registry as readonly unknown[] as readonly Criterion[];

const byKind = new Map<unknown, Criterion>(CRITERIA.map((criterion) => [criterion.kind, criterion]));

/** The criterion of a kind, or undefined when nobody has written it. */
export const criterionOf = (kind: unknown): Criterion | undefined => byKind.get(kind);
