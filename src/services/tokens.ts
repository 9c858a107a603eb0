import { canonicalBase32, encodeBase32 } from "../domain/base32.ts";
import type { Id } from "../domain/id.ts";
import { Problem, type ProblemCode } from "../domain/problem.ts";
import {
  formatToken,
  keyVersionOf,
  MAC_LENGTH,
  nearestStep,
  parseToken,
  stepAt,
  stepFault,
  TAG_LENGTH,
  tokenMessage,
} from "../domain/token.ts";
import type { Ports } from "../runtime/ports.ts";
import { sameText } from "./seals.ts";

/** An invite that rotates: whose it is, how fast it turns, and the version of its workspace's key. */
export type Rotor = {
  workspaceId: Id;
  inviteId: Id;
  periodSeconds: number;
  key: { version: number; rotatedAt: number | null };
};

const tagOf = async ({ secrets }: Ports, id: Id): Promise<string> =>
  encodeBase32(await secrets.mac("token-tag", id)).slice(0, TAG_LENGTH);

async function macOf({ secrets }: Ports, rotor: Rotor, version: number, step: number): Promise<string> {
  const message = tokenMessage(rotor.workspaceId, rotor.inviteId, rotor.periodSeconds, step);
  return encodeBase32(await secrets.mac(`token:${version}`, message)).slice(0, MAC_LENGTH);
}

/** The token of a step. Made here only: no seed ever leaves the server. */
export async function tokenOf(ports: Ports, rotor: Rotor, step: number): Promise<string> {
  const { version } = rotor.key;
  const [workspaceTag, inviteTag, mac] = await Promise.all([
    tagOf(ports, rotor.workspaceId),
    tagOf(ports, rotor.inviteId),
    macOf(ports, rotor, version, step),
  ]);
  return formatToken({ version, step, workspaceTag, inviteTag, mac });
}

/** The token of this moment. */
export const currentToken = (ports: Ports, rotor: Rotor): Promise<string> =>
  tokenOf(ports, rotor, stepAt(ports.now(), rotor.periodSeconds));

const FAULTS = {
  token_malformed: "This is not a whole code.",
  token_invalid: "This code was not made here.",
  token_foreign_workspace: "This code belongs to another organiser.",
  token_foreign_invite: "This code belongs to another invite.",
  token_expired: "This code is too old: the code on the screen has changed since.",
  token_future: "This code is not valid yet.",
  token_key_retired: "This code was made with a key that is no longer used.",
} as const satisfies Partial<Record<ProblemCode, string>>;

const refuse = (code: keyof typeof FAULTS): Problem => new Problem(code, FAULTS[code]);

/**
 * Demands a good token of a rotating invite, by the server's clock: of this step or the one before.
 * @throws Problem `token_malformed`, `token_foreign_workspace`, `token_foreign_invite`, `token_invalid`,
 *   `token_expired`, `token_future`, `token_key_retired`
 */
export async function demandToken(ports: Ports, rotor: Rotor, text: string): Promise<void> {
  const canonical = canonicalBase32(text);
  const parts = canonical === null ? null : parseToken(canonical);
  if (parts === null) throw refuse("token_malformed");
  const now = ports.now();
  const version = keyVersionOf(parts.version, rotor.key, now);
  const current = stepAt(now, rotor.periodSeconds);
  const step = nearestStep(parts.step, current);
  const genuine =
    version === null ? "" : await tokenOf(ports, { ...rotor, key: { ...rotor.key, version } }, step);
  if (!sameText(genuine, canonical as string)) {
    if (parts.workspaceTag !== (await tagOf(ports, rotor.workspaceId)))
      throw refuse("token_foreign_workspace");
    if (parts.inviteTag !== (await tagOf(ports, rotor.inviteId))) throw refuse("token_foreign_invite");
    throw refuse(version === null ? "token_key_retired" : "token_invalid");
  }
  const fault = stepFault(step, current);
  if (fault !== null) throw refuse(fault);
}
