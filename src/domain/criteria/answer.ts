import { z } from "zod";
import { readDay } from "../calendar.ts";
import { isUrl, line } from "../shapes.ts";
import { text } from "../text.ts";
import { fieldName, fold, givenTo } from "./form.ts";
import { matches, MAX_PATTERN, type Pattern, readPattern } from "./pattern.ts";
import { perConfig } from "./per-config.ts";
import { defineCriterion, fail, type FormField, pass } from "./types.ts";

const NUMERIC = ["gt", "gte", "lt", "lte"] as const;
const LISTS = ["in", "notIn"] as const;
const SCALAR = ["eq", "ne", "contains"] as const;
const DATES = ["before", "after"] as const;
const TYPES = ["text", "choice", "choices", "number", "date", "url", "checkbox"] as const;
const scalar = z.union([line(200), z.number(), z.boolean()]);

const isOneOf = (list: readonly string[], op: string): boolean => list.includes(op);

const config = z
  .strictObject({
    kind: z.literal("answer"),
    field: fieldName,
    label: line(200),
    op: z.enum([...SCALAR, ...LISTS, ...NUMERIC, ...DATES, "matches", "answered"]),
    value: z
      .union([
        scalar,
        z
          .array(z.union([line(200), z.number()]))
          .min(1)
          .max(200),
      ])
      .optional(),
    /** What kind of field the form shows; without it, what fits the op. */
    type: z.enum(TYPES).optional(),
    /** Shown as a choice instead of a free text field. */
    options: z.array(line(200)).min(1).max(50).optional(),
  })
  .refine(({ op, value }) => fits(op, value), {
    path: ["value"],
    message:
      "does not fit the op: a list for in and notIn, a number for gt, gte, lt and lte, a day such as 2026-03-29 for " +
      `before and after, a pattern of at most ${MAX_PATTERN} signs for matches, nothing for answered`,
  })
  .refine(
    ({ type, options }) => type === undefined || (options !== undefined) === type.startsWith("choice"),
    {
      path: ["options"],
      message: "go with the types choice and choices, and with these only",
    },
  );
type Config = z.output<typeof config>;

function fits(op: string, value: unknown): boolean {
  if (op === "answered") return value === undefined;
  if (isOneOf(LISTS, op)) return Array.isArray(value);
  if (isOneOf(NUMERIC, op)) return typeof value === "number" && Number.isFinite(value);
  if (isOneOf(DATES, op)) return typeof value === "string" && readDay(value) !== null;
  if (op === "matches") return typeof value === "string" && readPattern(fold(value)) !== null;
  return value !== undefined && !Array.isArray(value);
}

/** The kind of field that the form shows. */
function typeOf({ type, options, value, op }: Config): FormField["type"] {
  if (type !== undefined) return type;
  if (options !== undefined) return "choice";
  if (typeof value === "boolean") return "checkbox";
  if (isOneOf(DATES, op)) return "date";
  return isOneOf(NUMERIC, op) ? "number" : "text";
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const numberOf = (answer: string): number => (NUMBER.test(answer) ? Number(answer) : Number.NaN);

/** What is made of a config once: its sentences, and what answers are held against. */
const made = perConfig((config: Config) => {
  const { label, op, value, options } = config;
  const type = typeOf(config);
  return {
    type,
    wanted: new Set((Array.isArray(value) ? value : value === undefined ? [] : [value]).map(fold)),
    part: fold(Array.isArray(value) || value === undefined ? "" : value),
    options: options === undefined ? null : new Set(options.map(fold)),
    pattern: op === "matches" ? (readPattern(fold(value as string)) as Pattern) : null,
    accepted: text(`The answer to “${label}” fits.`, `“${label}”符合要求。`),
    missing: text(`“${label}” was not answered.`, `未填写“${label}”。`),
    fillIn: text(`Fill in “${label}”.`, `请填写“${label}”。`),
    malformed: text(
      `The answer to “${label}” is not ${SHAPES[type].en}.`,
      `“${label}”${SHAPES[type]["zh-CN"]}。`,
    ),
    refused: text(`The answer to “${label}” does not meet the condition.`, `“${label}”不符合入群条件。`),
  };
});

const SHAPES: Record<FormField["type"], ReturnType<typeof text>> = {
  text: text("a text", "应为文本"),
  choice: text("one of the choices", "应为所列选项之一"),
  choices: text("out of the choices", "应为所列选项"),
  number: text("a number", "应为数字"),
  date: text("a day such as 2026-03-29", "应为日期，如 2026-03-29"),
  url: text("a link that begins with https://", "应为以 https:// 开头的链接"),
  checkbox: text("yes or no", "应为是或否"),
  contactCode: text("a code", "应为验证码"),
  proof: text("a proof", "应为证明"),
};

const ASK = text("If you think that this is a mistake, ask the organiser.", "如有疑问，请联系组织者。");

/** Whether one answer is what the field asks for at all. */
function isShaped({ type, options }: ReturnType<typeof made>, answer: string): boolean {
  if (options !== null) return options.has(answer);
  if (type === "number") return !Number.isNaN(numberOf(answer));
  if (type === "date") return readDay(answer) !== null;
  return type !== "url" || isUrl(answer, ["https:", "http:"]);
}

function holds(config: Config, answers: readonly string[]): boolean {
  const { op, value } = config;
  const { wanted, pattern, part } = made(config);
  if (op === "answered") return true;
  if (isOneOf(NUMERIC, op)) {
    const bound = value as number;
    return answers.every((answer) => {
      const n = numberOf(answer);
      if (op === "gt") return n > bound;
      if (op === "gte") return n >= bound;
      return op === "lt" ? n < bound : n <= bound;
    });
  }
  // Days that are written alike sort as they follow each other.
  if (op === "before") return answers.every((answer) => answer < (value as string));
  if (op === "after") return answers.every((answer) => answer > (value as string));
  if (pattern !== null) return answers.every((answer) => matches(pattern, answer));
  if (op === "contains") return answers.some((answer) => answer.includes(part));
  const met = answers.some((answer) => wanted.has(answer));
  return op === "in" || op === "eq" ? met : !met;
}

/** A form field must satisfy a condition: 条件过滤, such as a job title from a list. */
export const answer = defineCriterion<Config>({
  kind: "answer",
  summary:
    "A form field satisfies a condition (eq, ne, in, notIn, contains, gt, gte, lt, lte, before, after, matches, answered).",
  config,
  fields: (config) => [
    {
      criterion: "answer",
      name: `answers.${config.field}`,
      label: text(config.label, config.label),
      type: typeOf(config),
      ...(config.options === undefined ? {} : { options: config.options }),
    },
  ],
  judge: (config, { answers }) => {
    const words = made(config);
    const all = givenTo(answers, config.field);
    // An unticked box sends nothing: that is its answer.
    if (all.length === 0 && typeof config.value === "boolean") all.push("false");
    if (all.length === 0) return fail("answer_missing", words.missing, words.fillIn);
    if (!all.every((one) => isShaped(words, one))) {
      return fail("answer_malformed", words.malformed, words.fillIn);
    }
    return holds(config, all)
      ? pass("answer_accepted", words.accepted)
      : fail("answer_not_accepted", words.refused, ASK);
  },
});
