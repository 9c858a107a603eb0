import { criterionOf } from "./criteria/index.ts";
import type { Criterion, Facts, FormField, Judgement, LeafResult } from "./criteria/types.ts";
import type { Gate } from "./gate.ts";
import type { Id } from "./id.ts";
import { type Locale, say, text } from "./text.ts";

/** What one leaf said. Under `none` the result is turned round: `result` is what it does for the person. */
export type Leaf = {
  path: string;
  criterion: string;
  result: LeafResult;
  negated: boolean;
  judgement: Judgement;
};

/** A gate's result for one prospect, leaf by leaf. */
export type Evaluation = {
  result: LeafResult;
  leaves: Leaf[];
  /** Access codes that a join on this evaluation uses up. */
  spends: Id[];
};

/** One line of the answer to a prospect. */
export type Reason = { criterion: string; result: LeafResult; message: string; remedy: string | null };

const invert = (result: LeafResult): LeafResult =>
  result === "pass" ? "fail" : result === "fail" ? "pass" : "pending";

/** Kleene: n of the results must be `pass`; what is pending may still become so. */
function atLeast(n: number, results: readonly LeafResult[]): LeafResult {
  const passed = results.filter((result) => result === "pass").length;
  if (passed >= n) return "pass";
  const open = results.filter((result) => result === "pending").length;
  return passed + open >= n ? "pending" : "fail";
}

/** The gate that is really asked: acknowledgement is always part of it. */
export const effectiveGate = (gate: Gate | null): Gate => ({
  all: [{ kind: "acknowledgement" }, ...(gate === null ? [] : [gate])],
});

/** Judges every leaf of a gate and combines the results. Pure: the same facts, the same answer. */
export function evaluate(gate: Gate | null, facts: Facts): Evaluation {
  const leaves: Leaf[] = [];
  const walk = (node: Gate, path: string, negated: boolean): LeafResult => {
    const each = (children: Gate[], name: string, turned = negated) =>
      children.map((child, i) => walk(child, `${path}/${name}/${i}`, turned));
    if ("all" in node) return atLeast(node.all.length, each(node.all, "all"));
    if ("any" in node) return atLeast(1, each(node.any, "any"));
    if ("none" in node) return invert(atLeast(1, each(node.none, "none", !negated)));
    if ("atLeast" in node) return atLeast(node.atLeast, each(node.of, "of"));
    const judgement = (criterionOf(node.kind) as Criterion).judge(node, facts);
    const result = negated ? invert(judgement.result) : judgement.result;
    leaves.push({ path, criterion: node.kind, result, negated, judgement });
    return judgement.result;
  };
  const result = walk(effectiveGate(gate), "", false);
  const spends = leaves.flatMap(({ judgement, negated }) =>
    judgement.spend && !negated ? [judgement.spend.accessCode] : [],
  );
  return { result, leaves, spends: [...new Set(spends)] };
}

const NEGATED = text("This rules you out: ", "不符合条件：");

/** Every leaf as a sentence in the person's language. */
export const reasonsOf = ({ leaves }: Evaluation, locale: Locale): Reason[] =>
  leaves.map(({ criterion, result, negated, judgement: { reason, remedy } }) => ({
    criterion,
    result,
    message: (negated && result === "fail" ? say(NEGATED, locale) : "") + say(reason, locale),
    remedy: remedy === null || result === "pass" || negated ? null : say(remedy, locale),
  }));

/** What the form asks, each field once, in the gate's order. */
export function formFields(gate: Gate | null): FormField[] {
  const fields = new Map<string, FormField>();
  const walk = (node: Gate): void => {
    if ("kind" in node) {
      for (const field of (criterionOf(node.kind) as Criterion).fields(node)) {
        if (!fields.has(field.name)) fields.set(field.name, field);
      }
      return;
    }
    const children =
      "all" in node ? node.all : "any" in node ? node.any : "none" in node ? node.none : node.of;
    for (const child of children) walk(child);
  };
  walk(effectiveGate(gate));
  return [...fields.values()];
}
