import type { Id } from "./id.ts";

/** One arrival of a person on an invite, and whether they followed a link or typed a code. */
export type Touch = { inviteId: Id; at: number; how: "link" | "typed" };

/** Why a join is credited to nobody though it came by somebody's invite. */
export const REFUSALS = ["self_referral", "own_descendant", "inviter_removed", "not_newcomer"] as const;
export type Refusal = (typeof REFUSALS)[number];
