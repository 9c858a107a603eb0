/** The languages that prospects are spoken to in. */
export const LOCALES = ["en", "zh-CN"] as const;
export type Locale = (typeof LOCALES)[number];

/** A sentence in every language that a prospect may read. */
export type Text = Readonly<Record<Locale, string>>;

/** Writes a Text: English first, then Chinese. */
export const text = (en: string, zh: string): Text => ({ en, "zh-CN": zh });

/** A sentence that is put together when somebody reads it: most judgements are never read. */
class LateText {
  readonly #make: () => Text;
  constructor(make: () => Text) {
    this.#make = make;
  }
  get en(): string {
    return this.#make().en;
  }
  get "zh-CN"(): string {
    return this.#make()["zh-CN"];
  }
  /** Kept as any other: getters are no fields, and JSON would drop them. */
  toJSON(): Text {
    return this.#make();
  }
}

/** Writes a Text that costs nothing until it is read. */
export const later = (make: () => Text): Text => new LateText(make);

/** The sentence in one language. */
export const say = (sentence: Text, locale: Locale): string => sentence[locale];

/** The language to use for an `Accept-Language` header or a `lang` parameter; else `fallback`. */
export function pickLocale(accepted: string | null | undefined, fallback: Locale = "en"): Locale {
  let best: Locale = fallback;
  let most = 0;
  for (const part of (accepted ?? "").toLowerCase().split(",")) {
    const [tag = "", ...parameters] = part.split(";");
    const q = parameters.find((parameter) => parameter.trim().startsWith("q="));
    const weight = q === undefined ? 1 : Number(q.trim().slice(2)) || 0;
    const locale = LOCALES.find((known) => tag.trim().startsWith(known.slice(0, 2)));
    // Of equals, the first one named.
    if (locale !== undefined && weight > most) [best, most] = [locale, weight];
  }
  return best;
}
