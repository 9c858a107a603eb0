import { criterionOf } from "./criteria/index.ts";
import type {
  Criterion,
  Facts,
  FormField,
  Judgement,
  LeafResult,
  Need,
  NextStep,
  Spend,
} from "./criteria/types.ts";
import type { Gate } from "./gate.ts";
import { type Locale, say, text } from "./text.ts";

/** What one leaf said. Under `none` the result is turned round: `result` is what it does for the person. */
export type Leaf = {
  path: string;
  criterion: string;
  result: LeafResult;
  negated: boolean;
  judgement: Judgement;
};

/** A node with its result: a leaf, or one that wants `need` of its `children` to pass, or none of them. */
type Judged =
  | { result: LeafResult; leaf: Leaf }
  | { result: LeafResult; need: number; turned: boolean; children: readonly Judged[] };

/** A gate's result for one prospect, leaf by leaf. */
export type Evaluation = {
  result: LeafResult;
  leaves: Leaf[];
  /** What a join on this evaluation uses up: no more than it takes. */
  spends: Spend[];
  /** Paths of the fewest leaves that, if they changed, would let the person in; empty if they are in. */
  enough: string[];
  /** When to look again, if nothing happens until then: time alone may change a leaf. */
  again: number | null;
};

/** One line of the answer to a prospect. `enough`: it is one of those whose change would be enough. */
export type Reason = {
  criterion: string;
  result: LeafResult;
  message: string;
  remedy: string | null;
  code: string;
  enough: boolean;
  next: NextStep | null;
};

const invert = (result: LeafResult): LeafResult =>
  result === "pass" ? "fail" : result === "fail" ? "pass" : "pending";

/** Kleene: n of the results must be `pass`; what is pending may still become so. */
function atLeast(n: number, children: readonly Judged[]): LeafResult {
  let passed = 0;
  let open = 0;
  for (const { result } of children) {
    if (result === "pass") passed++;
    else if (result === "pending") open++;
  }
  if (passed >= n) return "pass";
  return passed + open >= n ? "pending" : "fail";
}

/** The gate that is really asked: acknowledgement is always part of it. */
export const effectiveGate = (gate: Gate | null): Gate => ({
  all: [{ kind: "acknowledgement" }, ...(gate === null ? [] : [gate])],
});

/** The children of a node, how many of them must pass, and the name of their list. */
function branchesOf(node: Exclude<Gate, { kind: string }>) {
  if ("all" in node) return { name: "all", children: node.all, need: node.all.length };
  if ("any" in node) return { name: "any", children: node.any, need: 1 };
  if ("none" in node) return { name: "none", children: node.none, need: 1 };
  return { name: "of", children: node.of, need: node.atLeast };
}

/** How a leaf is judged; a re-check takes some of them from an earlier evaluation. */
export type Judge = (criterion: Criterion, node: Gate & { kind: string }, path: string) => Judgement;

/** Judges every leaf of a gate and combines the results. Pure: the same facts, the same answer. */
export const evaluate = (gate: Gate | null, facts: Facts): Evaluation =>
  evaluateBy(gate, (criterion, node) => criterion.judge(node, facts));

/** The same with a judge of one's own. */
export function evaluateBy(gate: Gate | null, judge: Judge): Evaluation {
  const leaves: Leaf[] = [];
  const walk = (node: Gate, path: string, negated: boolean): Judged => {
    if ("kind" in node) {
      const judgement = judge(criterionOf(node.kind) as Criterion, node, path);
      const result = negated ? invert(judgement.result) : judgement.result;
      const leaf = { path, criterion: node.kind, result, negated, judgement };
      leaves.push(leaf);
      return { result: judgement.result, leaf };
    }
    const { name, children: nodes, need } = branchesOf(node);
    const turned = "none" in node;
    const children = nodes.map((child, i) => walk(child, `${path}/${name}/${i}`, negated !== turned));
    const result = atLeast(need, children);
    return { result: turned ? invert(result) : result, need, turned, children };
  };
  const root = walk(effectiveGate(gate), "", false);
  return {
    result: root.result,
    leaves,
    spends: root.result === "pass" ? distinct(spent(root)) : [],
    enough: root.result === "pass" ? [] : wayTo("pass", root).leaves,
    again: againOf(leaves),
  };
}

/** What a node that passed uses up: of an alternative, the branches that cost least. */
function spent(node: Judged): Spend[] {
  if ("leaf" in node)
    return node.leaf.judgement.spend && !node.leaf.negated ? [node.leaf.judgement.spend] : [];
  if (node.turned) return [];
  const passed = node.children.filter(({ result }) => result === "pass").map(spent);
  const chosen = passed.length > node.need ? passed.sort((a, b) => a.length - b.length) : passed;
  return chosen.slice(0, node.need).flat();
}

function distinct(spends: readonly Spend[]): Spend[] {
  const seen = new Map(spends.map((spend) => [JSON.stringify(spend), spend]));
  return [...seen.values()];
}

/** The cheapest set of leaves whose change gives a node a value, and what it costs. */
type Way = { cost: number; leaves: string[] };

/** What nobody can do. */
const NEVER = 1e6;

function wayTo(wanted: "pass" | "fail", node: Judged): Way {
  if ("leaf" in node) {
    const { path, judgement } = node.leaf;
    if (judgement.result === wanted) return { cost: 0, leaves: [] };
    if (judgement.result === "pending") return { cost: 1, leaves: [path] };
    // What passed does not become undone; what failed may be mended where a remedy is known.
    const cost = wanted === "fail" ? NEVER : judgement.remedy === null ? 100 : 10;
    return { cost, leaves: [path] };
  }
  const { need, turned, children } = node;
  const inside = turned ? (wanted === "pass" ? "fail" : "pass") : wanted;
  const ways = children.map((child) => wayTo(inside, child)).sort((a, b) => a.cost - b.cost);
  const enough = ways.slice(0, inside === "pass" ? need : children.length - need + 1);
  return {
    cost: enough.reduce((sum, { cost }) => sum + cost, 0),
    leaves: enough.flatMap(({ leaves }) => leaves),
  };
}

function againOf(leaves: readonly Leaf[]): number | null {
  const times = leaves.flatMap(({ judgement: { again } }) => (again === undefined ? [] : [again]));
  return times.length === 0 ? null : Math.min(...times);
}

const NEGATED = text("This rules you out: ", "不符合条件：");

/** Every leaf as a sentence in the person's language, with what they can do. */
export const reasonsOf = ({ leaves, enough }: Evaluation, locale: Locale): Reason[] =>
  leaves.map(({ path, criterion, result, negated, judgement: { reason, remedy, code, next } }) => ({
    criterion,
    result,
    message: (negated && result === "fail" ? say(NEGATED, locale) : "") + say(reason, locale),
    remedy: remedy === null || result === "pass" || negated ? null : say(remedy, locale),
    code,
    enough: enough.includes(path),
    next: result === "pass" || negated ? null : (next ?? null),
  }));

/** Every leaf of a gate, in its order. */
export function leavesOf(gate: Gate | null): (Gate & { kind: string })[] {
  const leaves: (Gate & { kind: string })[] = [];
  const walk = (node: Gate): void => {
    if ("kind" in node) leaves.push(node);
    else branchesOf(node).children.forEach(walk);
  };
  walk(effectiveGate(gate));
  return leaves;
}

/** What the form asks, each field once, in the gate's order. */
export function formFields(gate: Gate | null): FormField[] {
  const fields = new Map<string, FormField>();
  for (const leaf of leavesOf(gate)) {
    for (const field of (criterionOf(leaf.kind) as Criterion).fields(leaf)) {
      if (!fields.has(field.name)) fields.set(field.name, field);
    }
  }
  return [...fields.values()];
}

/** What has to be read from the database before a gate can be judged; empty for one that needs nothing. */
export const needsOf = (gate: Gate | null): Need[] =>
  leavesOf(gate).flatMap((leaf) => (criterionOf(leaf.kind) as Criterion).needs?.(leaf) ?? []);

/** Whether some leaf is to be judged again once the person is in. */
export const rechecks = (gate: Gate | null): boolean =>
  leavesOf(gate).some((leaf) => "recheck" in leaf && leaf.recheck === true);
