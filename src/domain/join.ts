import { z } from "zod";
import { identity } from "./identity.ts";
import { instant, line } from "./shapes.ts";

const answer = z.union([z.string().max(2000), z.number(), z.boolean(), z.array(z.string().max(500)).max(50)]);

/** What was filled in, by the fields' names. */
export const answers = z
  .record(z.string().max(40), answer)
  .refine((given) => Object.keys(given).length <= 50, "has more than 50 fields");

const fields = {
  identity,
  acknowledged: z.boolean().default(false),
  answers: answers.default({}),
  accessCode: z.string().max(64).optional(),
  ticket: z.string().max(200).optional(),
  /** The number of an order, for a gate that asks for a payment or a purchase. */
  order: line(120).optional(),
  /** The code that was sent to the identity. */
  contactCode: z.string().max(20).optional(),
  /** That no machine fills this in: what the gate's own page worked out, or another service's token. */
  proof: z.string().max(4096).optional(),
  /** Whom they name as their inviter: a code, or the link with it. It wins over every link they followed. */
  inviteCode: z.string().max(300).optional(),
  /** A name to show on boards; without one, a neutral one is made up. */
  displayName: line(40).optional(),
};

/** What the gate's form sends. `recoveryCode` is the way back in from another browser. */
export const gateInput = z.strictObject({ ...fields, recoveryCode: z.string().max(40).optional() });
export type GateInput = z.output<typeof gateInput>;

export const attributes = z
  .record(z.string().max(40), z.union([z.string().max(500), z.number(), z.boolean(), z.null()]))
  .refine((given) => Object.keys(given).length <= 50, "has more than 50 fields");
export type Attributes = z.output<typeof attributes>;

/** An arrival of the prospect that a trusted server saw. */
export const touchInput = z.strictObject({ invite: z.string().max(64), at: instant });
export type TouchInput = z.output<typeof touchInput>;

/** What a trusted server sends for a prospect whom it brings. */
export const joinInput = z.strictObject({
  ...fields,
  invite: z.string().max(64),
  attributes: attributes.optional(),
  /** Where they are: two capital letters, ISO 3166-1. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  /** Their earlier arrivals on invites of the campaign, in any order. */
  touches: z.array(touchInput).max(20).optional(),
});
export type JoinInput = z.output<typeof joinInput>;

export const OUTCOMES = ["joined", "already_joined", "pending", "rejected", "waitlisted", "closed"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A name for somebody who gave none: says nothing about them, and stays the same. */
export const neutralName = (seed: string): string => `Guest ${seed.slice(0, 4).toUpperCase()}`;
