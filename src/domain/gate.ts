import { z } from "zod";
import { CRITERIA, type CriterionConfig, criterionOf } from "./criteria/index.ts";

/** A gate: a tree whose leaves are criteria. Results combine by Kleene's three-valued logic. */
export type Gate =
  | { all: Gate[] }
  | { any: Gate[] }
  | { none: Gate[] }
  | { atLeast: number; of: Gate[] }
  | (CriterionConfig & Rechecked);

/** Whether a leaf is judged again once the person is in; only where its criterion can be. */
type Rechecked = { recheck?: boolean };

export const MAX_GATE_DEPTH = 6;
export const MAX_GATE_NODES = 100;

/** Told of a field that nobody knows, here as everywhere. */
export const UNKNOWN_FIELD = "is not a field of this request";

type Issue = { path: (string | number)[]; message: string };
type Walk = { issues: Issue[]; nodes: number };

const gateList = { type: "array", minItems: 1, items: { $ref: "#/components/schemas/Gate" } };
const closed = (properties: Record<string, unknown>) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const RECHECK = {
  type: "boolean",
  description:
    "Judged again on a schedule and when something that touches it happens, once the person is in.",
};

/** A gate's form for the API's reference, made from the registry. */
const gateReference = {
  id: "Gate",
  description: `Criteria, nested at most ${MAX_GATE_DEPTH} deep, at most ${MAX_GATE_NODES} in all. Acknowledgement is always part of it.`,
  anyOf: [
    closed({ all: gateList }),
    closed({ any: gateList }),
    closed({ none: gateList }),
    closed({ atLeast: { type: "integer", minimum: 1 }, of: gateList }),
    ...CRITERIA.map(({ config, summary, recheck }) => {
      const { $schema: _dialect, ...shape } = z.toJSONSchema(config, { io: "input", unrepresentable: "any" });
      const own = shape.properties ?? {};
      const properties = recheck ? { ...own, recheck: RECHECK } : own;
      return { ...shape, properties, description: summary };
    }),
  ],
};

/** Checks and normalises a gate; every fault is reported with the path to its node. */
export const gate = z
  .unknown()
  .transform((value, context): Gate => {
    const walk: Walk = { issues: [], nodes: 0 };
    const parsed = parseNode(value, [], 1, walk);
    for (const { path, message } of walk.issues) {
      context.addIssue({ code: "custom", path, message });
    }
    return walk.issues.length === 0 && parsed !== null ? parsed : z.NEVER;
  })
  .meta(gateReference);

function parseNode(value: unknown, path: Issue["path"], depth: number, walk: Walk): Gate | null {
  const fault = (message: string, at = path): null => {
    walk.issues.push({ path: at, message });
    return null;
  };
  if (++walk.nodes > MAX_GATE_NODES) {
    return walk.nodes === MAX_GATE_NODES + 1 ? fault(`has more than ${MAX_GATE_NODES} nodes`) : null;
  }
  if (depth > MAX_GATE_DEPTH) return fault(`is nested deeper than ${MAX_GATE_DEPTH}`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fault("must be an object with kind, all, any, none, or atLeast and of");
  }
  if (Object.hasOwn(value, "kind")) return parseLeaf(value as { kind: unknown }, path, walk);

  const keys = Object.keys(value).sort().join();
  if (keys === "all" || keys === "any" || keys === "none") {
    const of = parseList((value as Record<string, unknown>)[keys], [...path, keys], depth, walk);
    return of && ({ [keys]: of } as Gate);
  }
  if (keys === "atLeast,of") {
    const { atLeast, of } = value as { atLeast: unknown; of: unknown };
    const children = parseList(of, [...path, "of"], depth, walk);
    const most = children?.length ?? MAX_GATE_NODES;
    if (!Number.isInteger(atLeast) || (atLeast as number) < 1 || (atLeast as number) > most) {
      return fault(`must be a whole number from 1 to ${most}`, [...path, "atLeast"]);
    }
    return children && { atLeast: atLeast as number, of: children };
  }
  return fault("must have exactly one of kind, all, any, none, or atLeast and of");
}

function parseList(value: unknown, path: Issue["path"], depth: number, walk: Walk): Gate[] | null {
  if (!Array.isArray(value) || value.length === 0) {
    walk.issues.push({ path, message: "must be a list with at least one entry" });
    return null;
  }
  const children = value
    .slice(0, MAX_GATE_NODES + 1)
    .map((child, i) => parseNode(child, [...path, i], depth + 1, walk));
  return children.some((child) => child === null) ? null : (children as Gate[]);
}

function parseLeaf(value: { kind: unknown }, path: Issue["path"], walk: Walk): Gate | null {
  const criterion = criterionOf(value.kind);
  if (criterion === undefined) {
    const kinds = CRITERIA.map(({ kind }) => kind).join(", ");
    walk.issues.push({ path: [...path, "kind"], message: `must be one of ${kinds}` });
    return null;
  }
  const { recheck, ...config } = value as { kind: unknown; recheck?: unknown };
  if (recheck !== undefined && (typeof recheck !== "boolean" || !criterion.recheck)) {
    const message = criterion.recheck ? "must be true or false" : "this criterion is judged at the gate only";
    walk.issues.push({ path: [...path, "recheck"], message });
  }
  const result = criterion.config.safeParse(config);
  if (result.success) {
    return { ...(result.data as CriterionConfig), ...(recheck === true ? { recheck } : {}) };
  }
  for (const issue of result.error.issues) {
    const at = [...path, ...(issue.path as string[])];
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) walk.issues.push({ path: [...at, key], message: UNKNOWN_FIELD });
    } else walk.issues.push({ path: at, message: issue.message });
  }
  return null;
}
