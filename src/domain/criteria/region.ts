import { z } from "zod";
import { line } from "../shapes.ts";
import { LOCALES, type Locale, text, type Text } from "../text.ts";
import { fieldName, givenTo } from "./form.ts";
import { perConfig } from "./per-config.ts";
import { defineCriterion, fail, pass } from "./types.ts";

/** The answer of whoever is in none of the countries that the form names. */
const OTHER = "other";

/** Countries that a sentence names; of more, it names none. */
const MAX_NAMED = 8;

const config = z
  .strictObject({
    kind: z.literal("region"),
    /** Countries, two capital letters each, ISO 3166-1. */
    allow: z
      .array(z.string().regex(/^[A-Z]{2}$/, "is not a country of two capital letters"))
      .min(1)
      .max(250),
    /** The form's field that counts where nobody knows the country; without one, nobody is asked. */
    field: fieldName.optional(),
    label: line(200).optional(),
  })
  .refine(({ field, label }) => label === undefined || field !== undefined, {
    path: ["label"],
    message: "goes with a field",
  });
type Config = z.output<typeof config>;

const names = new Map<Locale, Intl.DisplayNames>();

/** A country as people call it; its letters where nobody calls it anything. */
function nameOf(country: string, locale: Locale): string {
  const known = names.get(locale) ?? new Intl.DisplayNames(locale, { type: "region", fallback: "code" });
  names.set(locale, known);
  return known.of(country) ?? country;
}

const nameIn = (country: string): Text => text(nameOf(country, "en"), nameOf(country, "zh-CN"));

const made = perConfig(({ allow }: Config) => {
  const [en, zh] = LOCALES.map((locale) => allow.map((country) => nameOf(country, locale))) as [
    string[],
    string[],
  ];
  const isShort = allow.length <= MAX_NAMED;
  return {
    allowed: new Set(allow),
    refused: isShort
      ? text(`This is for people in ${en.join(", ")}.`, `仅限以下国家或地区：${zh.join("、")}。`)
      : text("This is not for people in your country.", "您所在的国家或地区不在开放范围内。"),
    labels: [...allow.map(nameIn), text("Another country", "其他国家或地区")],
  };
});

const HERE = text("Your country is one of those that this is for.", "您所在的地区符合要求。");
const UNKNOWN = text("Nobody knows in which country you are.", "无法确定您所在的国家或地区。");
const CHOOSE = text("Choose your country in the form.", "请在表单中选择您所在的国家或地区。");
const ASK = text("If you think that this is a mistake, ask the organiser.", "如有疑问，请联系组织者。");

/** Where somebody is: as the edge or a trusted server says, else as they say themselves. */
export const region = defineCriterion<Config>({
  kind: "region",
  summary: "The person is in one of the countries: as the edge knows it, else as a form field says.",
  config,
  fields: (config) => {
    const { field, label, allow } = config;
    if (field === undefined) return [];
    return [
      {
        criterion: "region",
        name: `answers.${field}`,
        type: "choice",
        label: label === undefined ? text("Your country", "您所在的国家或地区") : text(label, label),
        options: [...allow, OTHER],
        labels: made(config).labels,
      },
    ];
  },
  judge: (config, { country, answers }) => {
    const { allowed, refused } = made(config);
    const { field } = config;
    const said = field === undefined ? undefined : givenTo(answers, field)[0];
    const found = country ?? said?.toUpperCase();
    if (found === undefined) return fail("region_unknown", UNKNOWN, field === undefined ? ASK : CHOOSE);
    return allowed.has(found) ? pass("region_allowed", HERE) : fail("region_not_allowed", refused, ASK);
  },
});
