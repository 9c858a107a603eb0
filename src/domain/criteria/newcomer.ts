import { z } from "zod";
import { text } from "../text.ts";
import { defineCriterion, fail, pass } from "./types.ts";

const config = z.strictObject({ kind: z.literal("newcomer") });

const NEW = text("You are new here.", "您是新成员。");
const KNOWN = text(
  "This is for people who were not in the community before it began.",
  "本活动仅限新成员参加。",
);
const OTHER = text("Look for what the organiser offers to members.", "请关注组织者面向老成员的其他活动。");

/** Only people whom the community did not know when the campaign began (仅限新人). */
export const newcomer = defineCriterion<z.output<typeof config>>({
  kind: "newcomer",
  summary: "The community first saw the person after the campaign began, or never before.",
  config,
  needs: () => [{ fact: "person" }],
  fields: () => [],
  judge: (_config, { firstSeenAt, campaignBeganAt }) =>
    firstSeenAt === null || firstSeenAt >= campaignBeganAt
      ? pass("newcomer", NEW)
      : fail("known_before", KNOWN, OTHER),
});
