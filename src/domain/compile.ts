import { criterionOf } from "./criteria/index.ts";
import { perConfig } from "./criteria/per-config.ts";
import type { Criterion } from "./criteria/types.ts";
import type { Gate } from "./gate.ts";

/** A leaf of a gate with what its place in the tree says of it. */
export type CompiledLeaf = {
  path: string;
  criterion: Criterion;
  config: Gate & { kind: string };
  /** It stands under `none`, or under an odd number of them. */
  negated: boolean;
};

/** A node: `need` of the `children` must pass; `turned`: then it fails, as `none` does. */
export type CompiledNode = { need: number; turned: boolean; children: readonly Compiled[] };

export type Compiled = CompiledLeaf | CompiledNode;

/** A gate as it is evaluated. */
export type CompiledGate = { root: CompiledNode; leaves: readonly CompiledLeaf[] };

/** The children of a node, how many of them must pass, and the name of their list. */
function branchesOf(node: Exclude<Gate, { kind: string }>) {
  if ("all" in node) return { name: "all", children: node.all, need: node.all.length };
  if ("any" in node) return { name: "any", children: node.any, need: 1 };
  if ("none" in node) return { name: "none", children: node.none, need: 1 };
  return { name: "of", children: node.of, need: node.atLeast };
}

function compile(gate: Gate | null): CompiledGate {
  const leaves: CompiledLeaf[] = [];
  const walk = (node: Gate, path: string, negated: boolean): Compiled => {
    if ("kind" in node) {
      const leaf = { path, criterion: criterionOf(node.kind) as Criterion, config: node, negated };
      leaves.push(leaf);
      return leaf;
    }
    const { name, children: nodes, need } = branchesOf(node);
    const turned = "none" in node;
    const children = nodes.map((child, i) => walk(child, `${path}/${name}/${i}`, negated !== turned));
    return { need, turned, children };
  };
  // The gate that is really asked: acknowledgement is always part of it.
  const asked: Gate = { all: [{ kind: "acknowledgement" }, ...(gate === null ? [] : [gate])] };
  const root = walk(asked, "", false) as CompiledNode;
  return { root, leaves };
}

const EMPTY = compile(null);
const kept = perConfig((gate: Gate) => compile(gate));

/** A gate as it is evaluated: worked out once for each, for gates are read-only. */
export const compiled = (gate: Gate | null): CompiledGate => (gate === null ? EMPTY : kept(gate));
