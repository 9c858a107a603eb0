import { z } from "zod";
import { encodeBase32 } from "./base32.ts";
import { type Id, parseId } from "./id.ts";
import { inOrder, instant, line } from "./shapes.ts";

export const SCOPES = ["read", "write", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is calling: a key of a workspace, perhaps bound to one campaign. */
export type Actor = {
  keyId: Id;
  workspaceId: Id;
  scopes: readonly Scope[];
  campaignId: Id | null;
  /** The installation's first workspace, which may make others. */
  owner: boolean;
};

export const keyInput = z.strictObject({
  name: line(120),
  scopes: z.array(z.enum(SCOPES)).min(1).max(3),
  campaignId: z
    .string()
    .refine((id) => parseId("campaign", id) !== null, "is not the id of a campaign")
    .optional(),
  expiresAt: instant.optional(),
});

/** `admin` includes `write`, `write` includes `read`. */
export function allows(scopes: readonly Scope[], wanted: Scope): boolean {
  const rank = (scope: Scope) => SCOPES.indexOf(scope);
  return scopes.some((scope) => rank(scope) >= rank(wanted));
}

/** Whether a key with these dates works at `now`. */
export const keyIsLive = (
  key: { expiresAt: number | null; revokedAt: number | null },
  now: number,
): boolean => key.revokedAt === null && inOrder(now, key.expiresAt);

const SECRET_BYTES = 20;
const CHECKSUM = 4;

/** Bytes of randomness that `keyText` wants. */
export const KEY_BYTES = SECRET_BYTES;

/** `qrv_<secret><checksum>`: 160 random bits, and 20 bits that catch a slip of the copying hand. */
export function keyText(random: Uint8Array): string {
  const secret = encodeBase32(random.subarray(0, SECRET_BYTES));
  return `qrv_${secret}${checksum(secret)}`;
}

/** Whether the text has the form of a key and its checksum fits. */
export function isKeyText(value: string): boolean {
  if (!/^qrv_[0-9a-hjkmnp-tv-z]{36}$/.test(value)) return false;
  const secret = value.slice(4, -CHECKSUM);
  return checksum(secret) === value.slice(-CHECKSUM);
}

/** FNV-1a over the secret's characters, folded to 20 bits. A typing check, not a security one. */
function checksum(secret: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < secret.length; i++) {
    hash = Math.imul(hash ^ secret.charCodeAt(i), 0x01000193) >>> 0;
  }
  const folded = (hash ^ (hash >>> 20)) & 0xfffff;
  const bits = folded << 4;
  return encodeBase32(new Uint8Array([bits >>> 16, (bits >>> 8) & 255, bits & 255])).slice(0, CHECKSUM);
}
