/** The languages that prospects are spoken to in. */
export const LOCALES = ["en", "zh-CN"] as const;
export type Locale = (typeof LOCALES)[number];

/** A sentence in every language that a prospect may read. */
export type Text = Readonly<Record<Locale, string>>;

/** Writes a Text: English first, then Chinese. */
export const text = (en: string, zh: string): Text => ({ en, "zh-CN": zh });

/** The sentence in one language. */
export const say = (sentence: Text, locale: Locale): string => sentence[locale];

/** The language to use for an `Accept-Language` header or a `lang` parameter; English by default. */
export function pickLocale(accepted: string | null | undefined): Locale {
  for (const part of (accepted ?? "").split(",")) {
    const tag = part.split(";")[0]?.trim().toLowerCase() ?? "";
    if (tag.startsWith("zh")) return "zh-CN";
    if (tag.startsWith("en")) return "en";
  }
  return "en";
}
