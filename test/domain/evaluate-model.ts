import fc from "fast-check";
import type { Judgement, LeafResult, Spend } from "../../src/domain/criteria/types.ts";
import { type Evaluation, evaluateBy } from "../../src/domain/evaluate.ts";
import type { Gate } from "../../src/domain/gate.ts";
import { text } from "../../src/domain/text.ts";

/** What a leaf of a tree says, and whether it uses something up and can be mended. */
export type Said = { result: LeafResult; spends: boolean; mendable: boolean };

/** A tree of the model: the product's gate is made from it, and never the other way round. */
export type Tree = { leaf: number } | { op: "all" | "any" | "none" | number; of: Tree[] };

/** A tree with what each of its leaves says; leaf n is the n-th from the left. */
export type Play = { tree: Tree; said: Said[] };

const saids: fc.Arbitrary<Said> = fc.record({
  result: fc.constantFrom<LeafResult>("pass", "fail", "pending"),
  spends: fc.boolean(),
  mendable: fc.boolean(),
});

type Shape = { said: Said } | { op: "all" | "any" | "none" | number; of: Shape[] };

/** Random trees, at most so wide. */
export const playsOf = (width: number): fc.Arbitrary<Play> =>
  fc
    .letrec<{ shape: Shape }>((tie) => ({
      shape: fc.oneof(
        { maxDepth: 4, depthSize: "small" },
        saids.map((said) => ({ said })),
        fc
          .tuple(
            fc.constantFrom<"all" | "any" | "none" | "some">("all", "any", "none", "some"),
            fc.array(tie("shape"), { minLength: 1, maxLength: width }),
            fc.nat(width - 1),
          )
          .map(([op, of, n]) => ({ op: op === "some" ? 1 + (n % of.length) : op, of })),
      ),
    }))
    .shape.map((shape) => {
      const said: Said[] = [];
      const number = (node: Shape): Tree =>
        "said" in node ? { leaf: said.push(node.said) - 1 } : { op: node.op, of: node.of.map(number) };
      return { tree: number(shape), said };
    });

/** The tree as a gate; the field of a leaf tells which one it is. */
export function gateOf(tree: Tree): Gate {
  if ("leaf" in tree) return { kind: "answer", field: `f${tree.leaf}`, label: "x", op: "answered" };
  const of = tree.of.map(gateOf);
  if (tree.op === "all") return { all: of };
  if (tree.op === "any") return { any: of };
  return tree.op === "none" ? { none: of } : { atLeast: tree.op, of };
}

const WORDS = text("x", "x");
export const spendOf = (leaf: number): Spend => ({ accessCode: `acc_${leaf}` });

const judgementOf = ({ result, spends, mendable }: Said, leaf: number): Judgement => ({
  result,
  code: "x",
  reason: WORDS,
  remedy: mendable ? WORDS : null,
  ...(spends && result === "pass" ? { spend: spendOf(leaf) } : {}),
});

const numberOf = (node: Gate & { kind: string }): number | null =>
  "field" in node && node.field !== undefined ? Number(node.field.slice(1)) : null;

/** The product's evaluation, and which leaf of the model each of its paths is. */
export function evaluated({ tree, said }: Play): { evaluation: Evaluation; leafAt: Map<string, number> } {
  const leafAt = new Map<string, number>();
  const evaluation = evaluateBy(gateOf(tree), (_criterion, node, path) => {
    const leaf = numberOf(node);
    if (leaf === null) return judgementOf({ result: "pass", spends: false, mendable: true }, -1);
    leafAt.set(path, leaf);
    return judgementOf(said[leaf] as Said, leaf);
  });
  return { evaluation, leafAt };
}

/** Two-valued logic, and nothing else: who is met where every leaf is so or not so. */
export function met(tree: Tree, so: readonly boolean[]): boolean {
  if ("leaf" in tree) return so[tree.leaf] as boolean;
  const count = tree.of.filter((child) => met(child, so)).length;
  if (tree.op === "none") return count === 0;
  if (tree.op === "any") return count > 0;
  return count >= (tree.op === "all" ? tree.of.length : tree.op);
}

/** Three values by their truth tables: 0 fail, 1 pending, 2 pass. */
export function tabled(tree: Tree, said: readonly Said[]): 0 | 1 | 2 {
  if ("leaf" in tree) return ({ fail: 0, pending: 1, pass: 2 } as const)[(said[tree.leaf] as Said).result];
  const values = tree.of.map((child) => tabled(child, said));
  if (tree.op === "all") return Math.min(...values) as 0 | 1 | 2;
  if (tree.op === "any") return Math.max(...values) as 0 | 1 | 2;
  if (tree.op === "none") return (2 - Math.max(...values)) as 0 | 1 | 2;
  return values.toSorted((a, b) => b - a)[tree.op - 1] as 0 | 1 | 2;
}

/** Whether a leaf stands under an odd number of `none`. */
export function isTurned(tree: Tree, leaf: number, turned = false): boolean | null {
  if ("leaf" in tree) return tree.leaf === leaf ? turned : null;
  for (const child of tree.of) {
    const found = isTurned(child, leaf, turned !== (tree.op === "none"));
    if (found !== null) return found;
  }
  return null;
}

/** All subsets of numbers. */
export const subsetsOf = (numbers: readonly number[]): number[][] =>
  Array.from({ length: 2 ** numbers.length }, (_, bits) => numbers.filter((_one, i) => (bits >> i) & 1));
