import { z } from "zod";

// Control characters, and halves of a surrogate pair: neither stores nor prints safely.
const UNPRINTABLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

const printable = (value: string) => !UNPRINTABLE.test(value);

/** One line of text, trimmed; `min` to `max` UTF-16 units. */
export const line = (max: number, min = 1) =>
  z
    .string()
    .trim()
    .min(min)
    .max(max)
    .refine((value) => printable(value) && !/[\r\n\t]/.test(value), "has control characters");

/** Text of several lines, trimmed. */
export const paragraph = (max: number, min = 1) =>
  z.string().trim().min(min).max(max).refine(printable, "has control characters");

/** An instant: ISO 8601 with an offset in the API, milliseconds since 1970 in the domain. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((value) => Date.parse(value))
  .refine((value) => value >= 0 && value < 253_402_300_800_000, "is out of range");

/** An https (or http) URL without credentials. */
export const webUrl = z
  .string()
  .trim()
  .max(2048)
  .refine((value) => isUrl(value, ["https:", "http:"]), "is not an http(s) URL");

/** Whether `value` is an absolute URL with one of `protocols` and no user name or password. */
export function isUrl(value: string, protocols: readonly string[]): boolean {
  if (!printable(value) || /[\s<>"'`\\]/.test(value)) return false;
  try {
    const url = new URL(value);
    return protocols.includes(url.protocol) && url.username === "" && url.password === "";
  } catch {
    return false;
  }
}

/** An IANA time zone that this runtime knows. */
export const timezone = z
  .string()
  .max(64)
  .refine((value) => {
    try {
      new Intl.DateTimeFormat("en", { timeZone: value });
      return /^[A-Za-z]/.test(value);
    } catch {
      return false;
    }
  }, "is not an IANA time zone");

/** Whether one instant, if both are given, is before the other. */
export const inOrder = (from: number | null | undefined, to: number | null | undefined): boolean =>
  from == null || to == null || from < to;

/**
 * The rule that field `to` is after field `from`, for an object's `refine`. It is told beside every
 * other fault, not after them: so it must bear fields that are wrong themselves.
 */
export const later = (from: string, to: string) =>
  [
    (given: Readonly<Record<string, unknown>>): boolean => {
      const [a, b] = [given[from], given[to]];
      return typeof a !== "number" || typeof b !== "number" || a < b;
    },
    {
      path: [to],
      message: `must be after ${from}`,
      when: ({ value }: { value: unknown }) => typeof value === "object" && value !== null,
    },
  ] as [
    (given: Readonly<Record<string, unknown>>) => boolean,
    { path: string[]; message: string; when: (payload: { value: unknown }) => boolean },
  ];
