import { encodeBase32, decodeInteger, canonicalBase32 } from "../domain/base32.ts";
import { formatId, type Id, idDigits } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";

/** 100 bits: nobody guesses one. */
const MAC_LENGTH = 20;
const ID_LENGTH = 11;
const RECOVERY_LENGTH = 12;

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

/**
 * The pass that opens a participant's own page: their id and a keyed hash of it. It is stored
 * nowhere, and it can be made again for a retry.
 */
export async function passOf({ secrets }: Ports, participantId: Id): Promise<string> {
  const digits = idDigits(participantId);
  return digits + encodeBase32(await secrets.mac("pass", digits)).slice(0, MAC_LENGTH);
}

/** The participant whose pass this is, or null. Any case. */
export async function readPass(ports: Ports, text: string): Promise<Id | null> {
  const pass = canonicalBase32(text);
  if (pass === null || pass.length !== ID_LENGTH + MAC_LENGTH) return null;
  const value = decodeInteger(pass.slice(0, ID_LENGTH));
  if (value === null) return null;
  const id = formatId("participant", value);
  return sameText(await passOf(ports, id), pass) ? id : null;
}

/** The code on a participant's own page with which they find back from another browser. */
export async function recoveryCodeOf({ secrets }: Ports, participantId: Id): Promise<string> {
  return encodeBase32(await secrets.mac("recovery", participantId)).slice(0, RECOVERY_LENGTH);
}

/** Whether a typed recovery code is this participant's. */
export async function isRecoveryCode(ports: Ports, participantId: Id, typed: string): Promise<boolean> {
  const code = canonicalBase32(typed);
  return code !== null && sameText(await recoveryCodeOf(ports, participantId), code);
}
