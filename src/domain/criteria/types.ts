import type { z } from "zod";
import type { Id } from "../id.ts";
import type { Text } from "../text.ts";

/** Three values: a pending leaf neither lets anyone in nor turns anyone away for good. */
export type LeafResult = "pass" | "fail" | "pending";

export type Answer = string | number | boolean | readonly string[];

/** What is known of an access code that was typed in; `found` is null when no such code exists. */
export type AccessCodeFact = {
  found: {
    id: Id;
    uses: number;
    maxUses: number;
    startsAt: number | null;
    expiresAt: number | null;
    revokedAt: number | null;
    /** The keyed identity hash that it was made for, null when anyone may use it. */
    recipientHash: string | null;
  } | null;
};

/** Everything that criteria may look at. `now` is the server's clock, in milliseconds. */
export type Facts = {
  now: number;
  acknowledged: boolean;
  answers: Readonly<Record<string, Answer>>;
  /** Null when no code was typed in. */
  accessCode: AccessCodeFact | null;
  identityHash: string;
};

/** What a leaf says: its result, a stable code, and sentences for the person at the door. */
export type Judgement = {
  result: LeafResult;
  code: string;
  reason: Text;
  remedy: Text | null;
  /** Something that is used up by the join that this leaf lets through. */
  spend?: { accessCode: Id };
};

/** One question on the gate's form. `name` is `answers.<field>` or a field of the join's body. */
export type FormField = {
  criterion: string;
  name: string;
  label: Text;
  type: "text" | "number" | "choice" | "checkbox";
  options?: readonly string[];
};

/** One entry criterion. Its file is all there is to write; the registry derives the rest. */
export type Criterion<Config extends { kind: string } = { kind: string }> = {
  kind: Config["kind"];
  /** One line for the reference: what it asks. */
  summary: string;
  config: z.ZodType<Config>;
  fields: (config: Config) => FormField[];
  judge: (config: Config, facts: Facts) => Judgement;
};

/** Ties a criterion's config schema to the types of its functions. */
export const defineCriterion = <Config extends { kind: string }>(
  criterion: Criterion<Config>,
): Criterion<Config> => criterion;
