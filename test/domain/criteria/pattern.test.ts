import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  matches,
  MAX_MATCHED,
  MAX_PATTERN,
  type Pattern,
  readPattern,
} from "../../../src/domain/criteria/pattern.ts";
import { processorTime } from "../../support/cpu.ts";

const read = (source: string): Pattern => {
  const pattern = readPattern(source);
  if (pattern === null) throw new Error(`no pattern: ${source}`);
  return pattern;
};

describe("patterns", () => {
  test.each([
    ["abc", "abc", true],
    ["abc", "abcd", false],
    ["abc", "ab", false],
    ["*", "", true],
    ["**", "anything", true],
    ["?", "", false],
    ["?", "😀", true],
    ["a?c", "abc", true],
    ["a*c", "ac", true],
    ["a*c", "abcbc", true],
    ["a*c", "abcb", false],
    ["*b*b*", "abab", true],
    ["*b*b*", "ab", false],
    ["[abc]", "b", true],
    ["[!abc]", "b", false],
    ["[!abc]", "d", true],
    ["[a-c0-9]x", "7x", true],
    ["[a-c0-9]x", "dx", false],
    ["[-a]", "-", true],
    ["[a-]", "-", true],
    ["\\*", "*", true],
    ["\\*", "x", false],
    ["\\[a]", "[a]", true],
    ["(a+)+$", "(a+)+$", true],
    ["(a+)+$", "aaa", false],
    ["中*", "中国", true],
  ])("%s against %j: %j", (source, text, expected) => {
    expect(matches(read(source), text)).toBe(expected);
  });

  test.each(["", "[", "[]", "[!]", "[b-a]", "\\", "a".repeat(MAX_PATTERN + 1)])("refuse %j", (source) => {
    expect(readPattern(source)).toBeNull();
  });

  test("say the same as a regular expression of the same meaning", () => {
    const part = fc.oneof(
      fc.constantFrom("a", "b", "."),
      fc.constantFrom("*", "?"),
      fc.constantFrom("[ab]", "[!a]", "[a-b.]"),
    );
    const AS_REGEX: Record<string, string> = { "*": ".*", "?": ".", ".": "\\.", "[!a]": "[^a]" };
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 8 }),
        fc.string({ unit: fc.constantFrom("a", "b", "c", "."), maxLength: 10 }),
        (parts, text) => {
          const regex = new RegExp(`^${parts.map((one) => AS_REGEX[one] ?? one).join("")}$`, "s");
          expect(matches(read(parts.join("")), text)).toBe(regex.test(text));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("take no time worth speaking of, whatever the pattern and the text", () => {
    const hostile = [
      "*a".repeat(MAX_PATTERN / 2),
      `${"a".repeat(MAX_PATTERN - 3)}*?b`,
      `*${"a".repeat(MAX_PATTERN - 2)}b`,
      "*[a-z]".repeat(MAX_PATTERN / 2),
      `*${"[!b]".repeat(MAX_PATTERN - 2)}b`,
    ].map(read);
    const texts = ["a".repeat(MAX_MATCHED), `${"a".repeat(MAX_MATCHED - 1)}b`, "ab".repeat(MAX_MATCHED / 2)];
    const took = processorTime(() => {
      for (const pattern of hostile)
        for (const text of texts) for (let i = 0; i < 10; i++) matches(pattern, text);
    });
    // 150 of the worst: a single one that backtracked would take longer than the universe.
    expect(took).toBeLessThan(2000);
    expect(matches(read("*"), "a".repeat(MAX_MATCHED + 1))).toBe(false);
  });
});
