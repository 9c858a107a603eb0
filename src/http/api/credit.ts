import { z } from "@hono/zod-openapi";
import { type Refusal, REFUSALS, type StoredTouch, unpackTouches } from "../../domain/attribution.ts";
import type { Id } from "../../domain/id.ts";
import { iso, toIso } from "./times.ts";

/** Why nobody is credited, for the marketer. */
const SENTENCES: Record<Refusal, string> = {
  self_referral: "The inviter joined with the same browser: this is the same person again.",
  own_descendant: "The inviter was brought by the person who joined with the same browser.",
  inviter_removed: "The inviter had been removed from the campaign.",
  not_newcomer: "The person was in the community before the campaign began.",
};

/** To whom a join is credited, and by which arrivals that was decided. */
export const credit = z
  .object({
    inviteId: z.string().openapi({ description: "The invite that the join is credited to." }),
    refusal: z
      .object({ code: z.enum(REFUSALS), message: z.string() })
      .nullable()
      .openapi({ description: "Why its owner is not credited." }),
    touches: z.array(z.object({ inviteId: z.string(), at: iso, how: z.enum(["link", "typed"]) })).openapi({
      description: "All known arrivals, oldest first. Empty: only the one by which they joined.",
    }),
  })
  .openapi("JoinCredit");

/** The columns of a participant that say who is credited. */
type Decided = {
  invitedVia: Id;
  creditedVia: Id | null;
  refusal: Refusal | null;
  touches: StoredTouch[] | null;
};

/** How a join was credited, as the API shows it. */
export const presentCredit = (row: Decided): z.output<typeof credit> => ({
  inviteId: row.creditedVia ?? row.invitedVia,
  refusal: row.refusal && { code: row.refusal, message: SENTENCES[row.refusal] },
  touches: unpackTouches(row.touches ?? []).map((touch) => ({ ...touch, at: toIso(touch.at) })),
});
