import { z } from "zod";
import { text } from "../text.ts";
import { defineCriterion } from "./types.ts";

/** The prospect has read what the community is for and agrees to its rules. Part of every gate. */
export const acknowledgement = defineCriterion({
  kind: "acknowledgement",
  summary: "The purpose, organiser, rules and commercial intent were read and accepted.",
  config: z.strictObject({ kind: z.literal("acknowledgement") }),
  fields: () => [
    {
      criterion: "acknowledgement",
      name: "acknowledged",
      type: "checkbox",
      label: text(
        "I have read what this group is for and who runs it, and I accept its rules.",
        "我已了解本群的用途和组织者，并接受群规。",
      ),
    },
  ],
  judge: (_config, facts) =>
    facts.acknowledged
      ? {
          result: "pass",
          code: "acknowledged",
          reason: text("The rules were accepted.", "已接受群规。"),
          remedy: null,
        }
      : {
          result: "fail",
          code: "not_acknowledged",
          reason: text("The rules were not accepted.", "尚未接受群规。"),
          remedy: text("Read the rules and tick the box.", "请阅读群规并勾选同意。"),
        },
});
