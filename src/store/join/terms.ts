import { type SQL, sql } from "drizzle-orm";
import type { LeafResult } from "../../domain/criteria/types.ts";
import type { Id } from "../../domain/id.ts";
import type { IdentityType } from "../../domain/identity.ts";
import type { Slot } from "../prepared.ts";
import { campaigns, invites } from "../schema/campaigns.ts";
import { communities } from "../schema/communities.ts";
import { workspaces } from "../schema/tenancy.ts";
import { isOfParticipant } from "../waiting.ts";

/** Who stands at which gate, and by which request. */
export type Prospect = {
  workspaceId: Id;
  communityId: Id;
  campaignId: Id;
  inviteId: Id;
  identityHash: string;
  identityType: IdentityType;
  /** Random; tells the row that this very request made from one that was there. */
  attempt: number;
  /** The scan ticket's nonce, spent by the join. */
  ticket: string | null;
  now: number;
};

/** A gate's result as it is kept. */
export type StoredEvaluation = {
  gateVersion: number;
  result: LeafResult;
  leaves: { path: string; criterion: string; result: LeafResult; code: string }[];
  /** SHA-256 of the facts that were judged, and the facts encrypted; null where they are not kept. */
  factsDigest: string | null;
  facts: string | null;
};

/** The uses of an invite `i` with a limit: who waits to come in holds one, or they would be promoted past it. */
export const INVITE_USES = sql`(i.uses + CASE WHEN i.max_uses IS NULL THEN 0 ELSE (SELECT count(*) FROM waitlist h
  WHERE h.campaign_id = i.campaign_id AND h.promoted_at IS NULL AND h.invited_via = i.id
    AND NOT ${isOfParticipant("h")}) END)`;

/** SQL names for what every statement of the batch speaks of. */
export const terms = (slot: Slot<Prospect>) =>
  termsOf({
    workspace: slot("workspaceId", workspaces.id),
    campaign: slot("campaignId", campaigns.id),
    community: slot("communityId", communities.id),
    invite: slot("inviteId", invites.id),
    identityHash: slot("identityHash"),
    identityType: slot("identityType"),
    attempt: slot("attempt"),
    ticket: slot("ticket"),
    now: slot("now"),
  });

/** What is known of a prospect: bound, or read from a list of them. */
type Known = Record<
  | "workspace"
  | "campaign"
  | "community"
  | "invite"
  | "identityHash"
  | "identityType"
  | "attempt"
  | "ticket"
  | "now",
  SQL
>;

/** The same over whatever says who they are. */
export function termsOf(known: Known) {
  const { campaign, community, identityHash, attempt, ticket } = known;
  const member = sql`(SELECT m.id FROM members m WHERE m.community_id = ${community} AND m.identity_hash = ${identityHash})`;
  const person = sql`p.campaign_id = ${campaign} AND p.member_id = ${member}`;
  return {
    ...known,
    member,
    /** The participant row of this prospect, however it came to be. */
    person,
    /** The participant row that this very request inserted: nobody else writes meanwhile, so it is the last one. */
    fresh: sql`p.id = (SELECT max(z.id) FROM participants z) AND p.campaign_id = ${campaign} AND p.attempt = ${attempt}`,
    /** Somebody else spent the ticket, on `table`. */
    ticketTaken: (table: "participants" | "waitlist") =>
      sql`(${ticket} IS NOT NULL AND EXISTS (SELECT 1 FROM ${sql.identifier(table)} t WHERE t.campaign_id = ${campaign}
        AND t.ticket = ${ticket} AND t.member_id IS NOT ${member}))`,
  };
}

export type Terms = ReturnType<typeof termsOf>;
