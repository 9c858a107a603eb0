import { type Compiled, compiled } from "./compile.ts";
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

/** How a leaf is judged; a re-check takes some of them from an earlier evaluation. */
export type Judge = (criterion: Criterion, node: Gate & { kind: string }, path: string) => Judgement;

/** Judges every leaf of a gate and combines the results. Pure: the same facts, the same answer. */
export const evaluate = (gate: Gate | null, facts: Facts): Evaluation =>
  evaluateBy(gate, (criterion, node) => criterion.judge(node, facts));

/** The same with a judge of one's own. */
export function evaluateBy(gate: Gate | null, judge: Judge): Evaluation {
  const leaves: Leaf[] = [];
  const root = judgeNode(compiled(gate).root, judge, leaves);
  const isIn = root.result === "pass";
  return {
    result: root.result,
    leaves,
    spends: isIn ? distinct(spent("pass", root)) : [],
    enough: isIn ? [] : wayTo("pass", root).leaves,
    again: againOf(leaves),
  };
}

/** Kleene: n of the results must be `pass`; what is pending may still become so. */
function judgeNode(node: Compiled, judge: Judge, leaves: Leaf[]): Judged {
  if ("criterion" in node) {
    const { path, criterion, config, negated } = node;
    const judgement = judge(criterion, config, path);
    const result = negated ? invert(judgement.result) : judgement.result;
    const leaf = { path, criterion: criterion.kind, result, negated, judgement };
    leaves.push(leaf);
    return { result: judgement.result, leaf };
  }
  const { need, turned } = node;
  let passed = 0;
  let open = 0;
  const children: Judged[] = [];
  for (const child of node.children) {
    const judged = judgeNode(child, judge, leaves);
    if (judged.result === "pass") passed++;
    else if (judged.result === "pending") open++;
    children.push(judged);
  }
  const result = passed >= need ? "pass" : passed + open >= need ? "pending" : "fail";
  return { result: turned ? invert(result) : result, need, turned, children };
}

const NOTHING: readonly Spend[] = [];

/** What holds a node at the result that it has: of alternatives, the branches that use up least. */
function spent(held: "pass" | "fail", node: Judged): readonly Spend[] {
  if ("leaf" in node) {
    const { spend } = node.leaf.judgement;
    return spend === undefined || held === "fail" ? NOTHING : [spend];
  }
  const { need, turned, children } = node;
  const inside = turned === (held === "fail") ? "pass" : "fail";
  const holding: (readonly Spend[])[] = [];
  for (const child of children) if (child.result === inside) holding.push(spent(inside, child));
  const wanted = inside === "pass" ? need : children.length - need + 1;
  if (holding.length > wanted) holding.sort((a, b) => a.length - b.length);
  return holding.length === 1 ? (holding[0] as readonly Spend[]) : holding.slice(0, wanted).flat();
}

function distinct(spends: readonly Spend[]): Spend[] {
  if (spends.length < 2) return [...spends];
  return [...new Map(spends.map((spend) => [JSON.stringify(spend), spend])).values()];
}

/** The cheapest set of leaves whose change gives a node a value, and what it costs. */
type Way = { cost: number; leaves: string[] };

/** What a change of a leaf costs: fewer come first, then what comes by itself. */
const OPEN = 1000;
const FAILED = 1001;
/** Nobody knows how. */
const NO_REMEDY = 1e6;
/** What passed does not become undone. */
const NEVER = 1e9;

const HERE: Way = { cost: 0, leaves: [] };

function wayTo(wanted: "pass" | "fail", node: Judged): Way {
  if (node.result === wanted) return HERE;
  if ("leaf" in node) {
    const { path, judgement } = node.leaf;
    if (judgement.result === "pending") return { cost: OPEN, leaves: [path] };
    const cost = wanted === "fail" ? NEVER : judgement.remedy === null ? NO_REMEDY : FAILED;
    return { cost, leaves: [path] };
  }
  const { need, turned, children } = node;
  const inside = turned === (wanted === "fail") ? "pass" : "fail";
  let missing = inside === "pass" ? need : children.length - need + 1;
  const ways: Way[] = [];
  for (const child of children) {
    if (child.result === inside) missing--;
    else ways.push(wayTo(inside, child));
  }
  if (ways.length > missing) ways.sort((a, b) => a.cost - b.cost);
  if (ways.length === 1 && missing === 1) return ways[0] as Way;
  let cost = 0;
  const leaves: string[] = [];
  for (const way of ways.slice(0, missing)) {
    cost += way.cost;
    leaves.push(...way.leaves);
  }
  return { cost, leaves };
}

function againOf(leaves: readonly Leaf[]): number | null {
  let soonest = Number.POSITIVE_INFINITY;
  for (const { judgement } of leaves) {
    if (judgement.again !== undefined && judgement.again < soonest) soonest = judgement.again;
  }
  return soonest === Number.POSITIVE_INFINITY ? null : soonest;
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
export const leavesOf = (gate: Gate | null): (Gate & { kind: string })[] =>
  compiled(gate).leaves.map(({ config }) => config);

/** What the form asks, each field once, in the gate's order. */
export function formFields(gate: Gate | null): FormField[] {
  const fields = new Map<string, FormField>();
  for (const { criterion, config } of compiled(gate).leaves) {
    for (const field of criterion.fields(config)) {
      if (!fields.has(field.name)) fields.set(field.name, field);
    }
  }
  return [...fields.values()];
}

/** What has to be read from the database before a gate can be judged; empty for one that needs nothing. */
export const needsOf = (gate: Gate | null): Need[] =>
  compiled(gate).leaves.flatMap(({ criterion, config }) => criterion.needs?.(config) ?? []);

/** Whether some leaf is to be judged again once the person is in. */
export const rechecks = (gate: Gate | null): boolean =>
  leavesOf(gate).some((leaf) => "recheck" in leaf && leaf.recheck === true);
