import { z } from "zod";
import { line } from "../shapes.ts";
import { text } from "../text.ts";
import { type Answer, defineCriterion } from "./types.ts";

const NUMERIC = ["gt", "gte", "lt", "lte"] as const;
const LISTS = ["in", "notIn"] as const;
const SCALAR = ["eq", "ne", "contains"] as const;
const scalar = z.union([line(200), z.number(), z.boolean()]);

const config = z
  .strictObject({
    kind: z.literal("answer"),
    field: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/),
    label: line(200),
    op: z.enum([...SCALAR, ...LISTS, ...NUMERIC, "answered"]),
    value: z
      .union([
        scalar,
        z
          .array(z.union([line(200), z.number()]))
          .min(1)
          .max(200),
      ])
      .optional(),
    /** Shown as a choice instead of a free text field. */
    options: z.array(line(200)).min(1).max(50).optional(),
  })
  .refine(({ op, value }) => fits(op, value), {
    path: ["value"],
    message:
      "does not fit the op: a list for in and notIn, a number for gt, gte, lt and lte, nothing for answered",
  });
type Config = z.output<typeof config>;

function fits(op: string, value: unknown): boolean {
  if (op === "answered") return value === undefined;
  if (isOneOf(LISTS, op)) return Array.isArray(value);
  if (isOneOf(NUMERIC, op)) return typeof value === "number" && Number.isFinite(value);
  return value !== undefined && !Array.isArray(value);
}

const isOneOf = (list: readonly string[], op: string): boolean => list.includes(op);

/** Letters' case, width and outer blanks do not count when people type. */
const fold = (value: string | number | boolean): string =>
  String(value).normalize("NFKC").trim().toLowerCase();

function given(answers: Readonly<Record<string, Answer>>, field: string): string[] {
  if (!Object.hasOwn(answers, field)) return [];
  const answer = answers[field] as Answer;
  const all = typeof answer === "object" ? answer : [answer];
  return all.map(fold).filter((one) => one !== "");
}

function holds({ op, value }: Config, answers: readonly string[]): boolean {
  if (op === "answered") return true;
  if (isOneOf(NUMERIC, op)) {
    const wanted = value as number;
    return answers.every((answer) => {
      const n = /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(answer) ? Number(answer) : Number.NaN;
      if (op === "gt") return n > wanted;
      if (op === "gte") return n >= wanted;
      return op === "lt" ? n < wanted : n <= wanted;
    });
  }
  const wanted = (Array.isArray(value) ? value : [value as string]).map(fold);
  if (op === "contains") return answers.some((answer) => answer.includes(wanted[0] as string));
  const met = answers.some((answer) => wanted.includes(answer));
  return op === "in" || op === "eq" ? met : !met;
}

/** A form field must satisfy a condition: 条件过滤, such as a job title from a list. */
export const answer = defineCriterion<Config>({
  kind: "answer",
  summary: "A form field satisfies a condition (eq, ne, in, notIn, contains, gt, gte, lt, lte, answered).",
  config,
  fields: ({ field, label, op, options, value }) => [
    {
      criterion: "answer",
      name: `answers.${field}`,
      label: text(label, label),
      ...(options !== undefined
        ? { type: "choice" as const, options }
        : typeof value === "boolean"
          ? { type: "checkbox" as const }
          : { type: isOneOf(NUMERIC, op) ? ("number" as const) : ("text" as const) }),
    },
  ],
  judge: (config, { answers }) => {
    const { label, field, value } = config;
    const all = given(answers, field);
    // An unticked box sends nothing: that is its answer.
    if (all.length === 0 && typeof value === "boolean") all.push("false");
    if (all.length === 0) {
      return {
        result: "fail",
        code: "answer_missing",
        reason: text(`“${label}” was not answered.`, `未填写“${label}”。`),
        remedy: text(`Fill in “${label}”.`, `请填写“${label}”。`),
      };
    }
    return holds(config, all)
      ? {
          result: "pass",
          code: "answer_accepted",
          reason: text(`The answer to “${label}” fits.`, `“${label}”符合要求。`),
          remedy: null,
        }
      : {
          result: "fail",
          code: "answer_not_accepted",
          reason: text(`The answer to “${label}” does not meet the condition.`, `“${label}”不符合入群条件。`),
          remedy: text("If you think that this is a mistake, ask the organiser.", "如有疑问，请联系组织者。"),
        };
  },
});
