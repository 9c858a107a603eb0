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
    ["matches", "x"],
  ])("refuses the config %s %j", (op, value) => {
    expect(answer.config.safeParse({ kind: "answer", field: "f", label: "F", op, value }).success).toBe(
      false,
    );
  });

  test("reads no inherited property as an answer", () => {
    const config = answer.config.parse({ kind: "answer", field: "constructor", label: "C", op: "answered" });
    expect(answer.judge(config, facts({})).result).toBe("fail");
  });
});
