import type { z } from "zod";
import { type Bytes, textOf } from "../bytes.ts";
import { type Id, parseId } from "../id.ts";
import { Problem } from "../problem.ts";

/** How far a signature's time may be from the server's clock, either way. */
export const TOLERANCE_MS = 300_000;

export const badSignature = (): Problem =>
  new Problem("signature_invalid", "The signature is not this source's.");

/**
 * Demands that something was signed about now: what is older may be a replay, what is ahead would be one for long.
 * @param seconds since 1970, as the header has it
 */
export function demandTimely(seconds: string, now: number): void {
  if (!/^\d{1,12}$/.test(seconds)) throw badSignature();
  const ahead = Number(seconds) * 1000 - now;
  if (ahead < -TOLERANCE_MS) throw new Problem("signature_expired", "This was signed too long ago.");
  if (ahead > TOLERANCE_MS)
    throw new Problem("signature_future", "This was signed ahead of the server's clock.");
}

/** The JSON in a body whose signature is good. */
export function jsonOf(body: Bytes): unknown {
  const text = textOf(body);
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw new Problem("invalid_json", "The body is not valid JSON.");
  }
}

/** What an event says, in the shape that it must have. */
export function shaped<T extends z.ZodType>(schema: T, value: unknown, at = ""): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, code, message }) => ({
    path: at + path.map((step) => `/${String(step)}`).join(""),
    code,
    message,
  }));
  throw new Problem("invalid_request", "The event lacks something, or has it wrong.", errors);
}

/** The application that a text of the payment names, among whatever else the shop put there. */
export function applicationIn(text: string | null | undefined): Id | undefined {
  for (const [id] of (text ?? "").matchAll(/app_[0-9a-z]{11}/g))
    if (parseId("application", id) !== null) return id;
  return undefined;
}

/** A text of the provider's as a line of ours: whole if it can be. */
export const lineOf = (text: string, max: number): string =>
  text
    .replace(/[\u0000-\u001f\u007f]/g, " ")
    .trim()
    .slice(0, max)
    .toWellFormed();

/** An instant as ISO 8601 with an offset; undefined where there is none. */
export function instantOf(text: string | null | undefined): number | undefined {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) || at < 0 ? undefined : at;
}
