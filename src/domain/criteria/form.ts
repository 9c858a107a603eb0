import { z } from "zod";
import type { Answer } from "./facts.ts";

/** The name of a form field, as answers have it. */
export const fieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/);

/** Letters' case, width and outer blanks do not count when people type. */
export const fold = (value: string | number | boolean): string => {
  const typed = String(value);
  // Nothing to normalise in ASCII, which most of what is typed is.
  return (/^[\u0000-\u007f]*$/.test(typed) ? typed : typed.normalize("NFKC")).trim().toLowerCase();
};

/** What was answered to one field, folded; empty when nothing was. */
export function givenTo(answers: Readonly<Record<string, Answer>>, field: string): string[] {
  if (!Object.hasOwn(answers, field)) return [];
  const answer = answers[field] as Answer;
  if (typeof answer === "object") return answer.map(fold).filter((one) => one !== "");
  const one = fold(answer);
  return one === "" ? [] : [one];
}
