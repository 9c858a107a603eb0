import { z } from "zod";
import { type Facts, NO_STORED_FACTS, type StoredFacts } from "./criteria/facts.ts";
import type { LeafResult } from "./criteria/types.ts";
import { gate, MAX_GATE_NODES } from "./gate.ts";
import { type Id, parseId } from "./id.ts";
import { IDENTITY_TYPES } from "./identity.ts";
import { answers, attributes } from "./join.ts";
import { amount, currency, orderItem } from "./order.ts";
import { instant, line } from "./shapes.ts";

/** Applicants of late that one dry run looks at, at the most. */
export const MAX_APPLICANTS = 200;

const id = (kind: Parameters<typeof parseId>[0]) =>
  z.string().refine((given) => parseId(kind, given) !== null, `is not the id of a ${kind}`);

const order = z.strictObject({
  amount,
  refunded: amount.default(0),
  currency,
  items: z.array(orderItem).max(200).default([]),
  paidAt: instant.optional(),
  /** Whether it is this campaign's fee. */
  fee: z.boolean().default(false),
});

/** Names with values, of which a gate's leaves can name no more. */
const named = <T extends z.ZodType>(value: T) =>
  z
    .record(z.string().max(100), value)
    .refine((given) => Object.keys(given).length <= MAX_GATE_NODES, `has more than ${MAX_GATE_NODES} fields`);

/** What a marketer supposes of somebody; what is left out is unknown, or nobody. */
export const supposed = z.strictObject({
  now: instant.optional(),
  acknowledged: z.boolean().default(true),
  answers: answers.default({}),
  identityType: z.enum(IDENTITY_TYPES).default("email"),
  emailDomain: line(255).optional(),
  vouched: z.boolean().default(false),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  invitedBy: z.enum(["member", "channel"]).default("channel"),
  inviter: z.strictObject({ depth: z.int().min(0), tags: z.array(line(60)).max(100).default([]) }).optional(),
  scannedAt: instant.optional(),
  human: z.boolean().optional(),
  firstSeenAt: instant.optional(),
  level: z.int().optional(),
  tags: z.array(line(60)).max(100).default([]),
  attributes: attributes.default({}),
  accessCode: z.enum(["valid", "unknown", "expired", "used_up", "revoked"]).optional(),
  orders: z.array(order).max(50).default([]),
  reviews: named(z.enum(["open", "approved", "rejected"])).default({}),
  contactVerified: z.boolean().default(false),
  lists: z.array(id("list")).max(50).default([]),
  quotas: named(z.int().min(0)).default({}),
});
export type Supposed = z.output<typeof supposed>;

/** `POST …/gate/dry-run`: a draft, and on whom it is tried. */
export const dryRunInput = z
  .strictObject({
    gate,
    facts: supposed.optional(),
    lastApplicants: z.int().min(1).max(MAX_APPLICANTS).optional(),
  })
  .refine((given) => (given.facts === undefined) !== (given.lastApplicants === undefined), {
    path: ["facts"],
    message: "give either facts or lastApplicants",
  });
export type DryRunInput = z.output<typeof dryRunInput>;

const FAR = 8.64e15;

function codeOf(state: Supposed["accessCode"], now: number): Facts["accessCode"] {
  if (state === undefined) return null;
  if (state === "unknown") return { found: null };
  return {
    found: {
      id: "acc_00000000000",
      uses: state === "used_up" ? 1 : 0,
      maxUses: 1,
      startsAt: null,
      expiresAt: state === "expired" ? now : FAR,
      revokedAt: state === "revoked" ? now : null,
      recipientHash: null,
      role: null,
    },
  };
}

function storedOf(
  given: Supposed,
  campaignId: Id,
  now: number,
  periodOf: (daily: boolean) => string,
): StoredFacts {
  const { level, tags, attributes, firstSeenAt, orders, reviews, contactVerified, lists, quotas, inviter } =
    given;
  const known = level !== undefined || tags.length > 0 || Object.keys(attributes).length > 0;
  return {
    ...NO_STORED_FACTS,
    firstSeenAt: firstSeenAt ?? null,
    profile: known ? { level: level ?? null, tags, attributes, lastReadAt: null } : null,
    orders: orders.map(({ fee, paidAt, ...one }, i) => ({
      ...one,
      id: `ord_${String(i).padStart(11, "0")}`,
      source: "dry-run",
      reference: String(i),
      campaignId: fee ? campaignId : null,
      paidAt: paidAt ?? now,
    })),
    reviews: Object.entries(reviews).map(([queue, state]) => ({
      queue,
      state,
      tries: 1,
      decidedAt: state === "open" ? null : now,
      reason: null,
    })),
    contact: contactVerified ? { verifiedAt: now, expiresAt: now, attemptsLeft: 1, wrong: false } : null,
    lists,
    quotas: Object.entries(quotas).flatMap(([key, used]) =>
      [true, false].map((daily) => ({ key, period: periodOf(daily), used })),
    ),
    inviter: inviter ?? null,
  };
}

/** Facts as a gate takes them, out of what was supposed. */
export function suppose(
  given: Supposed,
  campaign: { id: Id; timezone: string; beganAt: number },
  at: number,
  periodOf: (daily: boolean) => string,
): Facts {
  const now = given.now ?? at;
  return {
    now,
    acknowledged: given.acknowledged,
    answers: given.answers,
    accessCode: codeOf(given.accessCode, now),
    identityHash: "",
    identityType: given.identityType,
    emailDomain: given.emailDomain?.toLowerCase() ?? null,
    vouched: given.vouched,
    country: given.country ?? null,
    invitedBy: given.inviter ? "member" : given.invitedBy,
    scannedAt: given.scannedAt ?? null,
    human: given.human === undefined ? null : { ok: given.human, code: given.human ? "human" : "not_human" },
    campaignId: campaign.id,
    applicationId: null,
    timezone: campaign.timezone,
    campaignBeganAt: campaign.beganAt,
    ...storedOf(given, campaign.id, now, periodOf),
  };
}

/** How many had each result, before and under the draft. */
export type Tally = Record<LeafResult, number>;
export const noTally = (): Tally => ({ pass: 0, fail: 0, pending: 0 });
