import type { z } from "zod";
import type { Id } from "../id.ts";
import type { Text } from "../text.ts";
import type { Facts } from "./facts.ts";

export type { AccessCodeFact, Answer, Facts, OrderFact } from "./facts.ts";

/** Three values: a pending leaf neither lets anyone in nor turns anyone away for good. */
export type LeafResult = "pass" | "fail" | "pending";

/**
 * Something of which there is only so much, and that a join uses up in its own batch: a use of a code, an
 * order of which `atLeast` must be left (`fee`: as the fee of this very campaign), one of `limit` places
 * under `key` in `period`.
 */
export type Spend =
  | { accessCode: Id }
  | { order: Id; fee: boolean; atLeast: number }
  | { quota: { key: string; period: string; limit: number } };

/** What the person can do now about a leaf that did not pass. */
export type NextStep =
  | { kind: "pay"; url: string | null; amount: number; currency: string }
  | { kind: "contactCode" }
  | { kind: "proof" }
  | { kind: "review"; queue: string }
  | { kind: "wait"; until: number | null };

/** What a leaf says: its result, a stable code, and sentences for the person at the door. */
export type Judgement = {
  result: LeafResult;
  code: string;
  reason: Text;
  remedy: Text | null;
  /** Something that is used up by the join that this leaf lets through. */
  spend?: Spend;
  next?: NextStep;
  /** When time alone may change the result, in milliseconds since 1970: the gate looks again then. */
  again?: number;
};

/** One question on the gate's form. `name` is `answers.<field>` or a field of the join's body. */
export type FormField = {
  criterion: string;
  name: string;
  label: Text;
  type: "text" | "number" | "date" | "url" | "choice" | "choices" | "checkbox" | "contactCode" | "proof";
  options?: readonly string[];
  /** What people read for each of the options; without them, the options themselves. */
  labels?: readonly Text[];
};

/**
 * Facts that are in the database and are read for a gate that needs them: one read for all of them.
 * `person`: profile, orders, reviews, verified contact, first seen. `inviter`: whose invite it is.
 */
export type Need =
  | { fact: "person" }
  | { fact: "inviter" }
  | { fact: "list"; list: Id }
  | { fact: "quota"; key: string; daily: boolean };

/** What an installation needs beyond its database before it can offer a criterion. */
export type Ability = "email" | "phone" | "turnstile";

/** One entry criterion. Its file is all there is to write; the registry derives the rest. */
export type Criterion<Config extends { kind: string } = { kind: string }> = {
  kind: Config["kind"];
  /** One line for the reference: what it asks. */
  summary: string;
  config: z.ZodType<Config>;
  /** Whether it can be judged again once the person is in: `recheck: true` stands in its config then. */
  recheck?: boolean;
  needs?: (config: Config) => Need[];
  /** Without all of them a gate with this leaf cannot be published. */
  demands?: (config: Config) => readonly Ability[];
  fields: (config: Config) => FormField[];
  judge: (config: Config, facts: Facts) => Judgement;
};

/** Ties a criterion's config schema to the types of its functions. */
export const defineCriterion = <Config extends { kind: string }>(
  criterion: Criterion<Config>,
): Criterion<Config> => criterion;

export const pass = (code: string, reason: Text, spend?: Spend): Judgement => ({
  result: "pass",
  code,
  reason,
  remedy: null,
  ...(spend === undefined ? {} : { spend }),
});

/** It will not do. `remedy` says what would. */
export const fail = (code: string, reason: Text, remedy: Text | null): Judgement => ({
  result: "fail",
  code,
  reason,
  remedy,
});

/** It may still do: by a deed of the person's or somebody else's (`next`), or by time (`again`). */
export const pending = (
  code: string,
  reason: Text,
  remedy: Text,
  more: Pick<Judgement, "next" | "again"> = {},
): Judgement => ({ result: "pending", code, reason, remedy, ...more });
