import type { Context } from "hono";
import { Problem } from "../domain/problem.ts";
import type { Env } from "./env.ts";
import { contentType } from "./negotiate.ts";

/** A request's fields as JSON would carry them, and as a form's own names have them; null for JSON. */
export type FormBody = { fields: unknown; typed: URLSearchParams | null };

/**
 * Reads JSON, or a form whose names are dotted paths (`identity.type`, `answers.title`). A form also
 * says in which language it was shown: from here on, so is everything else (`localeOf`).
 * @throws Problem `invalid_json`, `unsupported_media_type`
 */
export async function readForm(c: Context<Env>): Promise<FormBody> {
  const type = contentType(c);
  if (type === "application/json") {
    try {
      return { fields: JSON.parse(await c.req.text()), typed: null };
    } catch (error) {
      if (error instanceof SyntaxError) throw new Problem("invalid_json", "The body is not valid JSON.");
      throw error;
    }
  }
  if (type === "application/x-www-form-urlencoded") {
    const typed = new URLSearchParams(await c.req.text());
    c.set("lang", typed.get("lang"));
    return { fields: unflatten(typed), typed };
  }
  throw new Problem(
    "unsupported_media_type",
    "Send the body as JSON or as a form (application/x-www-form-urlencoded).",
  );
}

/** What the form leaves empty was not answered. */
function unflatten(form: URLSearchParams): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const groups: Record<string, Map<string, string[]>> = { identity: new Map(), answers: new Map() };
  for (const [name, value] of form) {
    if (value === "" || name === "lang") continue;
    const [head = "", ...rest] = name.split(".");
    const group = Object.hasOwn(groups, head) ? groups[head] : undefined;
    if (group !== undefined && rest.length > 0) {
      const key = rest.join(".");
      group.set(key, [...(group.get(key) ?? []), value]);
    } else {
      Object.defineProperty(fields, name, { value, enumerable: true, configurable: true });
    }
  }
  if (fields["acknowledged"] !== undefined) {
    const ticked = fields["acknowledged"] === "true" || fields["acknowledged"] === "on";
    Object.defineProperty(fields, "acknowledged", { value: ticked, enumerable: true });
  }
  for (const [name, group] of Object.entries(groups)) {
    if (group.size === 0) continue;
    const entries = [...group].map(([key, values]) => [key, values.length === 1 ? values[0] : values]);
    Object.defineProperty(fields, name, { value: Object.fromEntries(entries), enumerable: true });
  }
  return fields;
}
