import type { Id } from "../id.ts";
import type { IdentityType } from "../identity.ts";
import type { Attributes } from "../join.ts";

export type Answer = string | number | boolean | readonly string[];

/** What is known of an access code that was typed in; `found` is null when no such code exists. */
export type AccessCodeFact = {
  found: {
    id: Id;
    uses: number;
    maxUses: number;
    startsAt: number | null;
    expiresAt: number | null;
    revokedAt: number | null;
    /** The keyed identity hash that it was made for, null when anyone may use it. */
    recipientHash: string | null;
    /** The tag that its user has to have, null when none. */
    role: string | null;
  } | null;
};

/** A purchase. Amounts are integers in minor units. */
export type OrderFact = {
  id: Id;
  source: string;
  reference: string;
  /** The campaign whose fee it is; null for a purchase, or one that is nobody's fee yet. */
  campaignId: Id | null;
  amount: number;
  refunded: number;
  currency: string;
  items: readonly { product: string; amount: number }[];
  paidAt: number;
};

/** An order whose number the person typed in; `mine` is null while it is nobody's. */
export type OfferedOrder = { found: (OrderFact & { mine: boolean | null }) | null };

export type ReviewState = "open" | "approved" | "rejected";

/** How a human decision on the person stands, in one queue of the campaign. */
export type ReviewFact = {
  queue: string;
  state: ReviewState;
  tries: number;
  decidedAt: number | null;
  reason: string | null;
};

/** How the proof stands that whoever typed the identity reads what is sent to it. */
export type ContactFact = {
  /** When this very person showed it; null: not yet, or somebody else did. */
  verifiedAt: number | null;
  /** Until when the code that was sent is good; 0: none was, or it was used. */
  expiresAt: number;
  attemptsLeft: number;
  /** The code that came with this very request was not the one that was sent. */
  wrong: boolean;
};

/** What is read from the database for a gate that needs it. */
export type StoredFacts = {
  /** When the community first saw them; null: never before. */
  firstSeenAt: number | null;
  profile: {
    level: number | null;
    tags: readonly string[];
    attributes: Attributes;
    /** When the carrier last saw them read. */
    lastReadAt: number | null;
  } | null;
  /** Their orders in the workspace, newest first. */
  orders: readonly OrderFact[];
  offeredOrder: OfferedOrder | null;
  reviews: readonly ReviewFact[];
  contact: ContactFact | null;
  /** Of the lists that the gate names: those that they stand on. */
  lists: readonly Id[];
  /** Places taken, by key and period; one that is missing is 0. */
  quotas: readonly { key: string; period: string; used: number }[];
  /** Whose invite they came by; null: the marketer's own. */
  inviter: { depth: number; tags: readonly string[] } | null;
};

/** Nothing is known: of a gate that needs none of it, or of a person whom nobody has seen. */
export const NO_STORED_FACTS: StoredFacts = {
  firstSeenAt: null,
  profile: null,
  orders: [],
  offeredOrder: null,
  reviews: [],
  contact: null,
  lists: [],
  quotas: [],
  inviter: null,
};

/** What comes with the request, or is known of the campaign anyway. */
export type GivenFacts = {
  /** The server's clock, in milliseconds. */
  now: number;
  acknowledged: boolean;
  answers: Readonly<Record<string, Answer>>;
  /** Null when no code was typed in. */
  accessCode: AccessCodeFact | null;
  identityHash: string;
  identityType: IdentityType;
  /** The domain of an e-mail identity, in lower case; null for others. */
  emailDomain: string | null;
  /** Who vouches for the identity: a server with a key, or nobody. */
  vouched: boolean;
  /** Two letters, ISO 3166-1, as the edge or a trusted server says; null when nobody knows. */
  country: string | null;
  /** Whether they came by a participant's own invite or the marketer's. */
  invitedBy: "member" | "channel";
  /** Since when they have the ticket of a scan; null when there is none. */
  scannedAt: number | null;
  /** Whether somebody proved to be no machine: null when no proof came, else what became of it. */
  human: { ok: boolean; code: string; by?: HumanCheck } | null;
  campaignId: Id;
  /** The reference under which a payment of theirs is known before they are in; null: none yet. */
  applicationId: Id | null;
  /** IANA time zone of the campaign. */
  timezone: string;
  /** When the campaign began, or begins. */
  campaignBeganAt: number;
};

/** How somebody proves to be no machine; missing where they did so before. */
export type HumanCheck = "proof" | "turnstile";

/** Everything that criteria may look at. */
export type Facts = GivenFacts & StoredFacts;
