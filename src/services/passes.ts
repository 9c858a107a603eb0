import { canonicalBase32, encodeBase32 } from "../domain/base32.ts";
import type { Id } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { sameText, seal, unseal } from "./seals.ts";

const RECOVERY_LENGTH = 12;

/** The pass that opens a participant's own page. */
export const passOf = (ports: Ports, participantId: Id): Promise<string> =>
  seal(ports, "participant", participantId);

/** The participant whose pass this is, or null. Any case. */
export const readPass = (ports: Ports, text: string): Promise<Id | null> =>
  unseal(ports, "participant", text);

/** The code on a participant's own page with which they find back from another browser: 60 bits. */
export async function recoveryCodeOf({ secrets }: Ports, participantId: Id): Promise<string> {
  return encodeBase32(await secrets.mac("recovery", participantId)).slice(0, RECOVERY_LENGTH);
}

/** Whether a typed recovery code is this participant's. */
export async function isRecoveryCode(ports: Ports, participantId: Id, typed: string): Promise<boolean> {
  const code = canonicalBase32(typed);
  return code !== null && sameText(await recoveryCodeOf(ports, participantId), code);
}
