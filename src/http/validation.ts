import type { Context } from "hono";
import type { z } from "zod";
import { UNKNOWN_FIELD } from "../domain/gate.ts";
import { type FieldError, notFound, Problem } from "../domain/problem.ts";
import type { Env } from "./env.ts";

type Issue = z.core.$ZodIssue;

/** Every zod issue as a field error: a JSON pointer into the body, or `?name` for a parameter. */
export function fieldErrors(issues: readonly Issue[], target: string): FieldError[] {
  return issues.flatMap((issue) => {
    const at = (path: readonly PropertyKey[]) =>
      target === "query"
        ? `?${path.map(String).join(".")}`
        : path.map((step) => `/${String(step).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        path: at([...issue.path, key]),
        code: "unknown_field",
        message: UNKNOWN_FIELD,
      }));
    }
    const code = issue.message === UNKNOWN_FIELD ? "unknown_field" : issue.code;
    return [{ path: at(issue.path), code, message: issue.message }];
  });
}

/** The refusal of a request whose parts do not fit their schema. */
export function invalid(issues: readonly Issue[], target: string): Problem {
  return new Problem(
    "invalid_request",
    "The request has fields that are wrong.",
    fieldErrors(issues, target),
  );
}

type Result = { success: boolean; target: string; error?: { issues: readonly Issue[] } };

/** What every validator does with a failure. A malformed id in the path names nothing: 404. */
export function onInvalid(result: Result, _c: Context<Env>): void {
  if (result.success) return;
  if (result.target === "param") throw notFound("resource");
  throw invalid(result.error?.issues ?? [], result.target);
}

/** What a route says of its parameters. */
export type Shapes = { params?: z.ZodType; query?: z.ZodType };
type Valid = { param: object; query: object };

/** Addresses of a route whose parts are kept as they were checked, and how long one may be for that. */
const MAX_CHECKED = 100;
const MAX_KEPT_LENGTH = 500;

const given = (c: Context<Env>) =>
  Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, all]) => [name, all.length === 1 ? all[0] : all]),
  );

function check(
  target: keyof Valid,
  shape: z.ZodType | undefined,
  value: () => unknown,
  c: Context<Env>,
): object {
  if (shape === undefined) return {};
  const result = shape.safeParse(value());
  onInvalid({ ...result, target } as Result, c);
  return Object.freeze(result.data as object);
}

/**
 * The check of a route without a body, in one step, and once for an address that is asked for again and
 * again: what is valid follows from the text alone.
 */
export function checked({ params, query }: Shapes): (c: Context<Env>) => void {
  const known = new Map<string, Valid>();
  return (c) => {
    const { req } = c;
    let valid = known.get(req.url);
    if (valid === undefined) {
      const asked = check("query", query, () => given(c), c);
      valid = { query: asked, param: check("param", params, () => req.param(), c) };
      // Forgetting all of them now and then is simpler than keeping their order.
      if (known.size >= MAX_CHECKED) known.clear();
      if (req.url.length <= MAX_KEPT_LENGTH) known.set(req.url, valid);
    }
    req.addValidatedData("query", valid.query);
    req.addValidatedData("param", valid.param);
  };
}

/** Demands a JSON body where a route takes one. */
export function demandJson(c: Context<Env>): void {
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return;
  throw new Problem("unsupported_media_type", "Send the body as application/json.");
}
