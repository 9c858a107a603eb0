import { z } from "zod";
import { line } from "../shapes.ts";
import { text } from "../text.ts";
import { defineCriterion, fail, pass } from "./types.ts";

const config = z
  .strictObject({
    kind: z.literal("invitedBy"),
    /** `member`: by somebody's own invite. `anyone`: by the marketer's too. */
    by: z.enum(["member", "anyone"]).default("member"),
    /** The member whose invite it is has this tag. */
    tag: line(60).optional(),
    /** People above the newcomer, at the most: 0 for those who come by the marketer's own invite. */
    maxDepth: z.int().min(0).max(10_000).optional(),
  })
  .refine(({ by, tag, maxDepth }) => by === "member" || tag !== undefined || maxDepth !== undefined, {
    path: ["by"],
    message: "asks nothing: say a tag or maxDepth, or that it is to be a member",
  })
  .refine(({ by, maxDepth }) => by === "anyone" || maxDepth !== 0, {
    path: ["maxDepth"],
    message: "keeps everybody out: whoever a member brings has somebody above them",
  });
type Config = z.output<typeof config>;

const INVITED = text("The invite will do.", "邀请来源符合要求。");
const MEMBERS_ONLY = text("Only people whom a member invited come in.", "仅限成员邀请加入。");
const ASK_MEMBER = text("Ask a member for their own invite.", "请向成员索取其专属邀请。");
const OTHER_MEMBER = text("This member may not invite people here.", "该成员暂无邀请资格。");
const ASK_OTHER = text("Ask another member, or the organiser.", "请联系其他成员或组织者。");
const TOO_DEEP = text("The chain of invites has become too long.", "邀请层级已超出限制。");
const ASK_HIGHER = text(
  "Ask somebody who was invited earlier, or the organiser.",
  "请联系更早加入的成员或组织者。",
);

/** By whose invite somebody comes (邀请制): a member's, one with a tag, or at most so deep in the tree. */
export const invitedBy = defineCriterion<Config>({
  kind: "invitedBy",
  summary: "The invite is a member's; if wanted, of one with a tag, or at most so deep in the tree.",
  config,
  needs: ({ tag, maxDepth }) => (tag === undefined && maxDepth === undefined ? [] : [{ fact: "inviter" }]),
  fields: () => [],
  judge: ({ by, tag, maxDepth }, { invitedBy, inviter }) => {
    const isMembers = invitedBy === "member";
    if (by === "member" && !isMembers) return fail("member_invite_needed", MEMBERS_ONLY, ASK_MEMBER);
    if (tag !== undefined && isMembers && !(inviter?.tags.includes(tag) ?? false)) {
      return fail("inviter_lacks_tag", OTHER_MEMBER, ASK_OTHER);
    }
    const depth = inviter === null ? 0 : inviter.depth + 1;
    if (maxDepth !== undefined && depth > maxDepth) return fail("too_deep", TOO_DEEP, ASK_HIGHER);
    return pass("invited", INVITED);
  },
});
