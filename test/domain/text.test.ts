import { expect, test } from "vitest";
import { later, LOCALES, pickLocale, say, text } from "../../src/domain/text.ts";

test("a sentence that is made when it is read is kept like any other", () => {
  let made = 0;
  const sentence = later(() => (made++, text("one", "一")));
  expect(made).toBe(0);
  expect(LOCALES.map((locale) => say(sentence, locale))).toEqual(["one", "一"]);
  expect(JSON.parse(JSON.stringify({ sentence }))).toEqual({ sentence: text("one", "一") });
});

test.each([
  ["zh", "zh-CN"],
  ["zh-Hant;q=0.8, en;q=0.9", "en"],
  ["fr, zh;q=0.1", "zh-CN"],
  ["fr", "en"],
  [null, "en"],
])("%s is answered in %s", (accepted, locale) => {
  expect(pickLocale(accepted)).toBe(locale);
});
