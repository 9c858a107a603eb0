import { z } from "zod";
import { parseId } from "./id.ts";
import { identity } from "./identity.ts";
import { attributes } from "./join.ts";
import { instant, line } from "./shapes.ts";

/** A word for what somebody is in a community: `staff`, `vip`. Compared letter by letter. */
export const tag = line(60);

/** Tags that one person may have. */
export const MAX_TAGS = 50;

/** People that one request may tell of. */
export const MAX_MEMBERS = 1000;

const tags = z.array(tag).max(MAX_TAGS);

/** What may be told of a person. What is left out stays as it is; null takes a level away. */
const told = {
  level: z.int().min(0).max(1_000_000).nullable().optional(),
  /** All of them; the two below change single ones, and hold after it. */
  tags: tags.optional(),
  addTags: tags.optional(),
  removeTags: tags.optional(),
  /** All of them. */
  attributes: attributes.optional(),
  /** When the carrier last saw them read. An earlier time than is known changes nothing. */
  lastReadAt: instant.optional(),
};

export const memberPatch = z.strictObject(told);
export type MemberPatch = z.output<typeof memberPatch>;

/** A person, by their identity or by the id that they have once they are in, and what is told of them. */
const memberRow = z
  .strictObject({
    identity: identity.optional(),
    memberId: z
      .string()
      .refine((id) => parseId("member", id) !== null, "is not the id of a member")
      .optional(),
    ...told,
  })
  .refine(
    ({ identity, memberId }) => (identity === undefined) !== (memberId === undefined),
    "must have either an identity or a memberId",
  );

export const membersInput = z.strictObject({ members: z.array(memberRow).min(1).max(MAX_MEMBERS) });
export type MembersInput = z.output<typeof membersInput>;

/** Why a row of many is refused, though each of its fields has the right form. */
export const ROW_FAULTS = {
  unknown_member: "is not a member of the community",
  duplicate: "is the same person as in a row before",
  too_many_tags: `would have more than ${MAX_TAGS} tags`,
} as const;
export type RowFault = keyof typeof ROW_FAULTS;
