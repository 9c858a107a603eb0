import { z } from "zod";
import { instant, later, line } from "./shapes.ts";

/** How an invite's URL behaves: `static` is for print, `rotating` for a screen. */
export const rotation = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("static") }),
  z.strictObject({ mode: z.literal("rotating"), periodSeconds: z.int().min(5).max(300).default(15) }),
]);
export type Rotation = z.output<typeof rotation>;

/** The seconds between two codes of an invite that rotates, by itself or as its campaign says; else null. */
export function periodOf(own: Rotation | null, campaigns: Rotation): number | null {
  const rotation = own ?? campaigns;
  return rotation.mode === "rotating" ? rotation.periodSeconds : null;
}

export const inviteInput = z
  .strictObject({
    channel: line(60),
    medium: line(60).optional(),
    label: line(200).optional(),
    maxUses: z.int().min(1).max(100_000_000).optional(),
    startsAt: instant.optional(),
    expiresAt: instant.optional(),
    rotation: rotation.optional(),
  })
  .refine(...later("startsAt", "expiresAt"));
export type InviteInput = z.output<typeof inviteInput>;

/** Digits and consonants that are not mistaken for each other; without vowels there are no words. */
const CODE_ALPHABET = "23456789bcdfghjkmnpqrstvwxz";
export const CODE_LENGTH = 11;

/** Bytes of randomness that `codeText` wants; spares for the ones it must throw away. */
export const CODE_BYTES = 32;

/** Bytes below this one are as many as makes every character equally likely. */
const FAIR = Math.floor(256 / CODE_ALPHABET.length) * CODE_ALPHABET.length;

/**
 * An invite or access code of 11 characters (52 bits), or null when the bytes ran out.
 * @param start what it begins with, when that is decided already: part of another code
 */
export function codeText(random: Uint8Array, start = ""): string | null {
  let text = start;
  for (let at = 0; at < random.length && text.length < CODE_LENGTH; at++) {
    const byte = random[at] as number;
    if (byte < FAIR) text += CODE_ALPHABET[byte % CODE_ALPHABET.length];
  }
  return text.length === CODE_LENGTH ? text : null;
}

/** The code as it is stored, from whatever case it was typed in; null when it cannot be one. */
export function canonicalCode(text: string): string | null {
  const folded = text.replace(/[\s-]/g, "").toLowerCase();
  return folded.length === CODE_LENGTH && Array.from(folded).every((c) => CODE_ALPHABET.includes(c))
    ? folded
    : null;
}

export type InviteWindow = {
  startsAt: number | null;
  expiresAt: number | null;
  revokedAt: number | null;
  maxUses: number | null;
  uses: number;
};

/** Why an invite lets nobody in at `now`; null when it does. */
export function inviteFault(
  invite: InviteWindow,
  now: number,
): "invite_revoked" | "invite_not_started" | "invite_expired" | "invite_used_up" | null {
  if (invite.revokedAt !== null) return "invite_revoked";
  if (invite.startsAt !== null && now < invite.startsAt) return "invite_not_started";
  if (invite.expiresAt !== null && now >= invite.expiresAt) return "invite_expired";
  if (invite.maxUses !== null && invite.uses >= invite.maxUses) return "invite_used_up";
  return null;
}
