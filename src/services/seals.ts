import { canonicalBase32, decodeInteger, encodeBase32 } from "../domain/base32.ts";
import { formatId, type Id, type IdKind, idDigits } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";

/** 100 bits: nobody guesses one. */
const MAC_LENGTH = 20;
const ID_LENGTH = 11;

/** What has a link of its own that opens it. */
type Sealed = "participant" | "display" | "application";

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

/**
 * An id with a keyed hash of it: a link that opens what the id names. It is stored nowhere, and can be
 * made again. `kind` is the hash's purpose too, so that one kind's seal opens nothing of another.
 */
export async function seal({ secrets }: Ports, kind: IdKind & Sealed, id: Id): Promise<string> {
  const digits = idDigits(id);
  const purpose = kind === "participant" ? "pass" : kind;
  return digits + encodeBase32(await secrets.mac(purpose, digits)).slice(0, MAC_LENGTH);
}

/** The id under a seal, or null when it is none of this kind. Any case. */
export async function unseal(ports: Ports, kind: Sealed, text: string): Promise<Id | null> {
  const sealed = canonicalBase32(text);
  if (sealed === null || sealed.length !== ID_LENGTH + MAC_LENGTH) return null;
  const value = decodeInteger(sealed.slice(0, ID_LENGTH));
  if (value === null) return null;
  const id = formatId(kind, value);
  return sameText(await seal(ports, kind, id), sealed) ? id : null;
}
