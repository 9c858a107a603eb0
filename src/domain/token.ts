import { decodeInteger, encodeInteger } from "./base32.ts";

/**
 * The rotating part of an invite's URL, 22 characters of base32:
 *
 *     v ssss ww ii mmmmmmmmmmmmm
 *     │ │    │  │  └ keyed hash of everything, 65 bits
 *     │ │    │  └ tag of the invite     ┐ 10 bits each: they only tell a stranger's token
 *     │ │    └ tag of the workspace     ┘ from a forged one
 *     │ └ time step, its low 20 bits
 *     └ version of the key, modulo 32
 */
export const TOKEN_LENGTH = 22;
export const TAG_LENGTH = 2;
export const MAC_LENGTH = 13;

const STEP_SPAN = 2 ** 20;
const STEP_LENGTH = 4;

/** Steps back that a token may be old. */
export const GRACE_STEPS = 1;

/** How long the key before the current one is still good, in milliseconds: two of the longest steps. */
export const KEY_OVERLAP_MS = 600_000;

/** The time step at `now`, for a period in seconds. */
export const stepAt = (now: number, periodSeconds: number): number =>
  Math.floor(now / (periodSeconds * 1000));

/** When a step begins, in milliseconds since 1970. */
export const stepStart = (step: number, periodSeconds: number): number => step * periodSeconds * 1000;

/** A token's parts as they stand in it. */
export type TokenParts = {
  version: number;
  step: number;
  workspaceTag: string;
  inviteTag: string;
  mac: string;
};

/** What the hash is made over: everything that a token says, and the ids and period that it does not. */
export const tokenMessage = (
  workspaceId: string,
  inviteId: string,
  periodSeconds: number,
  step: number,
): string => `${workspaceId} ${inviteId} ${periodSeconds} ${step}`;

export const formatToken = ({ version, step, workspaceTag, inviteTag, mac }: TokenParts): string =>
  encodeInteger(version % 32, 1) +
  encodeInteger(step % STEP_SPAN, STEP_LENGTH) +
  workspaceTag +
  inviteTag +
  mac;

/** The parts of a canonical token; null when it cannot be one. `step` has only its low bits. */
export function parseToken(text: string): TokenParts | null {
  if (text.length !== TOKEN_LENGTH) return null;
  const version = decodeInteger(text.slice(0, 1));
  const step = decodeInteger(text.slice(1, 5));
  if (version === null || step === null) return null;
  return { version, step, workspaceTag: text.slice(5, 7), inviteTag: text.slice(7, 9), mac: text.slice(9) };
}

/** The full step that low bits stand for: the nearest to the current one. */
export function nearestStep(low: number, current: number): number {
  const ahead = (((low - current) % STEP_SPAN) + STEP_SPAN) % STEP_SPAN;
  return current + (ahead >= STEP_SPAN / 2 ? ahead - STEP_SPAN : ahead);
}

/** The key's version that a token's digit stands for; null when that key is retired or never was. */
export function keyVersionOf(
  digit: number,
  key: { version: number; rotatedAt: number | null },
  now: number,
): number | null {
  if (key.version % 32 === digit) return key.version;
  const overlaps = key.rotatedAt !== null && now - key.rotatedAt < KEY_OVERLAP_MS;
  return overlaps && key.version > 1 && (key.version - 1) % 32 === digit ? key.version - 1 : null;
}

/** Whether a genuine token of `step` is good at the current step. */
export function stepFault(step: number, current: number): "token_expired" | "token_future" | null {
  if (step > current) return "token_future";
  return current - step > GRACE_STEPS ? "token_expired" : null;
}
