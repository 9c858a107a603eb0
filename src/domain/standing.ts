import { z } from "zod";
import type { Standing } from "./credit.ts";
import type { EntryKind } from "./ledger.ts";
import { line } from "./shapes.ts";

/** Why an operator does something to a person, in their words. An event's id makes it count once. */
const why = { cause: line(300), eventId: line(100).optional() };
export const deed = z.strictObject(why);
export type DeedInput = z.output<typeof deed>;

/** Who is to count as the inviter from now on; null for nobody. */
export const moveInput = z.strictObject({ inviterId: z.string().max(40).nullable(), ...why });
export type MoveInput = z.output<typeof moveInput>;

/** Why a person cannot be moved below another one. */
export const MOVE_FAULTS = ["self", "descendant", "not_of_campaign", "removed"] as const;
export type MoveFault = (typeof MOVE_FAULTS)[number];

/** What each fault of a move is in a sentence. */
export const MOVE_REASONS: Record<MoveFault, string> = {
  self: "nobody is their own inviter",
  descendant: "stands below the person who is to be moved",
  not_of_campaign: "is no participant of this campaign",
  removed: "was removed from the campaign",
};

/** What an operator, or a re-check, says of a referral: which entry it makes, from which standings, and the one it leads to. */
export const VERDICTS = {
  void: { kind: "voided", from: ["good"], to: "voided" },
  remove: { kind: "removed", from: ["good", "voided", "released"], to: "removed" },
  release: { kind: "released", from: ["good"], to: "released" },
  restore: { kind: "restored", from: ["voided", "removed", "released"], to: "good" },
} as const satisfies Record<string, { kind: EntryKind; from: readonly Standing[]; to: Standing }>;
export type Verdict = keyof typeof VERDICTS;
