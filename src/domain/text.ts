/** The languages that prospects are spoken to in. */
export const LOCALES = ["en", "zh-CN"] as const;
export type Locale = (typeof LOCALES)[number];

/** A sentence in every language that a prospect may read. */
export type Text = Readonly<Record<Locale, string>>;

/** Writes a Text: English first, then Chinese. */
export const text = (en: string, zh: string): Text => ({ en, "zh-CN": zh });

/** The sentence in one language. */
export const say = (sentence: Text, locale: Locale): string => sentence[locale];

/** The language to use for an `Accept-Language` header or a `lang` parameter; else `fallback`. */
export function pickLocale(accepted: string | null | undefined, fallback: Locale = "en"): Locale {
  const ranked = (accepted ?? "").split(",").flatMap((part) => {
    const [tag = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith("q="));
    const weight = q === undefined ? 1 : Number(q.slice(2)) || 0;
    const locale = LOCALES.find((known) => tag.startsWith(known.slice(0, 2)));
    return locale === undefined || weight <= 0 ? [] : [{ locale, weight }];
  });
  // Sorting is stable: of equals, the first one named.
  return ranked.sort((a, b) => b.weight - a.weight)[0]?.locale ?? fallback;
}
