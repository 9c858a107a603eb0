import type { StoredTouch } from "../../domain/attribution.ts";
import type { Id } from "../../domain/id.ts";

/** What decides who is credited with a join. */
export type JoinCredit = {
  /** The invite that the join is credited to; null: the one that they came by. */
  inviteId: Id | null;
  /** The participant whose pass for this campaign the same browser holds. */
  holderId: Id | null;
  /** Whether somebody who was in the community before the campaign began can be referred too. */
  allowKnown: boolean;
  /** All arrivals, oldest first, kept with the participant; null: only the one by which they join. */
  touches: StoredTouch[] | null;
};
