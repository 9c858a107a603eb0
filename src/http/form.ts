import type { Context } from "hono";
import { Problem } from "../domain/problem.ts";
import type { Env } from "./env.ts";

/** A request's fields as JSON would carry them, and the language of the page that sent them. */
export type FormBody = { fields: unknown; lang: string | null };

/**
 * Reads JSON, or a form whose names are dotted paths (`identity.type`, `answers.title`).
 * @throws Problem `invalid_json`, `unsupported_media_type`
 */
export async function readForm(c: Context<Env>): Promise<FormBody> {
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") {
    try {
      return { fields: JSON.parse(await c.req.text()), lang: null };
    } catch (error) {
      if (error instanceof SyntaxError) throw new Problem("invalid_json", "The body is not valid JSON.");
      throw error;
    }
  }
  if (type === "application/x-www-form-urlencoded") return unflatten(new URLSearchParams(await c.req.text()));
  throw new Problem(
    "unsupported_media_type",
    "Send the body as JSON or as a form (application/x-www-form-urlencoded).",
  );
}

/** What the form leaves empty was not answered. */
function unflatten(form: URLSearchParams): FormBody {
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
  return { fields, lang: form.get("lang") };
}
