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

/** Demands a JSON body where a route takes one. */
export function demandJson(c: Context<Env>): void {
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return;
  throw new Problem("unsupported_media_type", "Send the body as application/json.");
}
