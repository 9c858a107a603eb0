import { describe, expect, test } from "vitest";
import { answer } from "../../src/domain/criteria/answer.ts";
import type { Answer } from "../../src/domain/criteria/types.ts";
import { factsOf } from "../support/facts.ts";

const facts = (answers: Record<string, Answer>) => factsOf({ answers });

const judge = (op: string, value: unknown, given: Answer | undefined) => {
  const config = answer.config.parse({
    kind: "answer",
    field: "f",
    label: "F",
    op,
    ...(value === undefined ? {} : { value }),
  });
  return answer.judge(config, facts(given === undefined ? {} : { f: given })).result;
};

describe("the answer criterion", () => {
  test.each([
    ["eq", "CEO", "ceo ", "pass"],
    ["eq", "CEO", "ＣＥＯ", "pass"],
    ["eq", 7, "7", "pass"],
    ["ne", "CEO", "clerk", "pass"],
    ["ne", "CEO", "CEO", "fail"],
    ["in", ["CEO", "董事长"], "董事长", "pass"],
    ["in", ["CEO"], "COO", "fail"],
    ["in", ["a", "b"], ["x", "B"], "pass"],
    ["notIn", ["spam"], "ham", "pass"],
    ["notIn", ["spam"], ["ham", "SPAM"], "fail"],
    ["contains", "uni", "Peking University", "pass"],
    ["gte", 18, "18", "pass"],
    ["gte", 18, "17.9", "fail"],
    ["gt", 18, "0x20", "fail"],
    ["lt", 5, "", "fail"],
    ["lt", 5, "Infinity", "fail"],
    ["lte", 5, -3, "pass"],
    ["before", "2026-03-29", "2026-03-28", "pass"],
    ["before", "2026-03-29", "2026-03-29", "fail"],
    ["before", "2026-03-29", "29.3.2025", "fail"],
    ["before", "2026-03-29", "2026-02-30", "fail"],
    ["after", "2008-01-01", "２００８-0１-02", "pass"],
    ["after", "2008-01-01", "1999-12-31", "fail"],
    ["matches", "*@company.com", "Li@Company.com", "pass"],
    ["matches", "*@company.com", "li@company.com.evil.com", "fail"],
    ["matches", "[0-9][0-9]??-*", "12ab-", "pass"],
    ["matches", "a*", ["ab", "ba"], "fail"],
    ["answered", undefined, "anything", "pass"],
    ["answered", undefined, "   ", "fail"],
    ["eq", true, true, "pass"],
    ["eq", true, undefined, "fail"],
    ["eq", false, undefined, "pass"],
    ["eq", "x", undefined, "fail"],
  ])("%s %j, answered %j: %s", (op, value, given, result) => {
    expect(judge(op, value, given as Answer | undefined)).toBe(result);
  });

  test.each([
    ["in", "CEO"],
    ["eq", ["CEO"]],
    ["gt", "18"],
    ["answered", "x"],
    ["eq", undefined],
    ["matches", "[z-a]"],
    ["matches", "[]"],
    ["matches", "[a"],
    ["matches", "a\\"],
    ["matches", "x".repeat(65)],
    ["matches", 7],
    ["before", "29.3.2026"],
    ["before", "2026-02-30"],
    ["after", 20260101],
  ])("refuses the config %s %j", (op, value) => {
    expect(answer.config.safeParse({ kind: "answer", field: "f", label: "F", op, value }).success).toBe(
      false,
    );
  });

  const typed = (type: string, more: object, given: Answer) =>
    answer.judge(
      answer.config.parse({ kind: "answer", field: "f", label: "F", op: "answered", type, ...more }),
      facts({ f: given }),
    );

  test.each<[string, object, Answer, string]>([
    ["url", {}, "https://example.com/file.pdf", "answer_accepted"],
    ["url", {}, "ftp://example.com/file.pdf", "answer_malformed"],
    ["url", {}, "javascript:alert(1)", "answer_malformed"],
    ["url", { op: "matches", value: "https://github.com/*" }, "https://github.com/li", "answer_accepted"],
    ["url", { op: "matches", value: "https://github.com/*" }, "https://evil.com/", "answer_not_accepted"],
    ["date", {}, "2026-11-20", "answer_accepted"],
    ["date", {}, "yesterday", "answer_malformed"],
    ["number", {}, "12.5", "answer_accepted"],
    ["number", {}, "a dozen", "answer_malformed"],
    ["choice", { options: ["CEO", "CTO"] }, "cto", "answer_accepted"],
    ["choice", { options: ["CEO", "CTO"] }, "intern", "answer_malformed"],
    ["choices", { options: ["a", "b", "c"] }, ["a", "C"], "answer_accepted"],
    ["choices", { options: ["a", "b", "c"] }, ["a", "d"], "answer_malformed"],
    ["choices", { options: ["a", "b", "c"], op: "in", value: ["b"] }, ["a", "b"], "answer_accepted"],
    ["choices", { options: ["a", "b", "c"], op: "notIn", value: ["b"] }, ["a", "b"], "answer_not_accepted"],
  ])("as a %s %j, answered %j: %s", (type, more, given, code) => {
    expect(typed(type, more, given).code).toBe(code);
  });

  test.each([
    { type: "choice" },
    { type: "choices", options: [] },
    { type: "number", options: ["1"] },
    { type: "password" },
  ])("refuses the field %j", (more) => {
    const given = { kind: "answer", field: "f", label: "F", op: "answered", ...more };
    expect(answer.config.safeParse(given).success).toBe(false);
  });

  test("shows a field that fits what it asks", () => {
    const fieldOf = (more: object) =>
      answer.fields(answer.config.parse({ kind: "answer", field: "f", label: "F", ...more }))[0];
    expect(fieldOf({ op: "gt", value: 3 })?.type).toBe("number");
    expect(fieldOf({ op: "after", value: "2026-01-01" })?.type).toBe("date");
    expect(fieldOf({ op: "eq", value: true })?.type).toBe("checkbox");
    expect(fieldOf({ op: "answered", options: ["a"] })).toMatchObject({ type: "choice", options: ["a"] });
    expect(fieldOf({ op: "answered", type: "choices", options: ["a"] })?.type).toBe("choices");
    expect(fieldOf({ op: "answered" })?.type).toBe("text");
  });

  test("reads no inherited property as an answer", () => {
    const config = answer.config.parse({ kind: "answer", field: "constructor", label: "C", op: "answered" });
    expect(answer.judge(config, facts({})).result).toBe("fail");
  });
});
