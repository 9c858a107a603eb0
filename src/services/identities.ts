import { encodeBase32 } from "../domain/base32.ts";
import type { Id } from "../domain/id.ts";
import type { Identity } from "../domain/identity.ts";
import type { Ports } from "../runtime/ports.ts";

/** Bytes of a keyed hash that are kept: 128 bits, so that two people never share one. */
const BYTES = 16;

/** The keyed hash by which a workspace knows a person. Two workspaces' hashes cannot be compared. */
export async function hashIdentity({ secrets }: Ports, workspaceId: Id, identity: Identity): Promise<string> {
  const mac = await secrets.mac(`identity:${workspaceId}`, `${identity.type}\n${identity.value}`);
  return encodeBase32(mac.subarray(0, BYTES));
}
