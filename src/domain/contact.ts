import { z } from "zod";
import { identity } from "./identity.ts";
import { line } from "./shapes.ts";
import { type Locale, say, text } from "./text.ts";

/** How long a code that was sent is good, in milliseconds. */
export const CODE_MS = 10 * 60_000;

/** Sends to one identity: an hour has no more than so many, and between two of them passes this long. */
export const MAX_SENDS = 3;
export const SENDS_MS = 3_600_000;
export const RESEND_MS = 60_000;

/** What asks for a code. */
export const contactInput = z.strictObject({
  identity,
  lang: line(20).optional(),
  ticket: z.string().max(200).optional(),
  proof: z.string().max(4096).optional(),
});
export type ContactInput = z.output<typeof contactInput>;

/** A code that came back. */
export const codeInput = z.strictObject({ contactCode: z.string().max(20).optional() });

/** Six digits out of random bytes, each number as likely as any other; null: try other bytes. */
export function digitsOf(bytes: Uint8Array): string | null {
  const number = bytes.slice(0, 4).reduce((value, byte) => value * 256 + byte, 0);
  return number < 4_294_000_000 ? String(number % 1_000_000).padStart(6, "0") : null;
}

/** A community's name for a message that must not lead anywhere: programs make links of such words. */
const withoutLinks = (name: string): string => (/:\/\/|www\.|\.\S/i.test(name) ? "Qrove" : name.slice(0, 60));

/** The words of a message with a code: in both languages, the person's own first. No links. */
export function contactWords(code: string, community: string, locale: Locale) {
  const name = withoutLinks(community);
  const body = text(
    `${code} is your code for “${name}”. It is good for 10 minutes. If you did not ask for it, ignore this message.`,
    `${code} 是您加入“${name}”的验证码，10 分钟内有效。如非本人操作，请忽略本消息。`,
  );
  const subject = text(`Your code: ${code}`, `您的验证码：${code}`);
  const other: Locale = locale === "en" ? "zh-CN" : "en";
  return {
    subject: `${say(subject, locale)} / ${say(subject, other)}`,
    text: `${say(body, locale)}\n\n${say(body, other)}\n`,
  };
}
