import type { Locale } from "../../domain/text.ts";

/** An instant as a person reads it, by the clocks of a time zone. */
export const formatTime = (ms: number, timeZone: string, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, { timeZone, dateStyle: "long", timeStyle: "short" }).format(ms);
