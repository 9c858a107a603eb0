import { hexOf, sha256 } from "./sha256.ts";

/** How long a challenge is good, in milliseconds: somebody fills in a long form with it. */
export const CHALLENGE_MS = 60 * 60_000;

/** What a page worked out: the challenge, a number, and the identity as it was typed, percent-encoded. */
export type Proof = { challenge: string; nonce: string; typed: string };

/** The parts of a proof; null when it is none. */
export function parseProof(text: string): Proof | null {
  const [, challenge = "", nonce = "", typed = ""] =
    /^([0-9a-z]{29})\.(\d{1,15})\.([!-~]{1,3000})$/.exec(text) ?? [];
  return challenge === "" ? null : { challenge, nonce, typed };
}

/** The identity that was typed, as it stood in its field; null where the text is broken. */
export function typedIn({ typed }: Proof): string | null {
  try {
    return decodeURIComponent(typed);
  } catch {
    return null;
  }
}

/**
 * Whether the number does it: SHA-256 of the seed, a dot and the number begins with `bits` zero bits. The
 * seed is SHA-256 of the challenge, the identity's type and its text: nobody else's identity has the same.
 */
export function proofHolds({ challenge, nonce, typed }: Proof, type: string, bits: number): boolean {
  const seed = hexOf(sha256(`${challenge}\n${type}\n${typed}`));
  const [first = -1] = sha256(`${seed}.${nonce}`);
  return Math.clz32(first) >= bits;
}
