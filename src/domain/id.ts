import { decodeInteger, encodeInteger } from "./base32.ts";

/** Every noun that has a public id, with the prefix that its ids carry. */
export const ID_PREFIX = {
  workspace: "wsp",
  key: "key",
  community: "com",
  group: "grp",
  campaign: "cmp",
  invite: "inv",
  member: "mem",
  participant: "ptc",
  accessCode: "acc",
  entry: "led",
  waiting: "wtl",
  evaluation: "evl",
  display: "dsp",
  scan: "scn",
  event: "evt",
  lost: "lst",
  order: "ord",
  orderSource: "src",
  receipt: "rcp",
  application: "app",
  review: "rev",
  contact: "ctc",
  list: "ppl",
  codeBatch: "cbt",
  audit: "aud",
} as const;

export type IdKind = keyof typeof ID_PREFIX;

/** A public id, such as `cmp_0h4k2m9x1qz`. Stored as the 53-bit integer that its digits spell. */
export type Id = string;

const DIGITS = 11;

/** 2025-01-01T00:00:00Z: ids count milliseconds from here. */
const EPOCH = 1_735_689_600_000;

/** Low bits that order ids within one millisecond. */
const LOW = 2 ** 11;

/**
 * A 53-bit candidate for a new id: 42 bits of milliseconds and 11 bits of `low` (0–2047).
 * The database raises it above the last id of its table, so that two never meet.
 */
export function idCandidate(nowMs: number, low: number): number {
  return Math.max(0, nowMs - EPOCH) * LOW + (low % LOW);
}

/** The instant at which an id's candidate was made, in milliseconds, by the clock of whoever was ahead. */
export const idTime = (value: number): number => Math.floor(value / LOW) + EPOCH;

/** The stored integer as a public id. */
export function formatId(kind: IdKind, value: number): Id {
  return `${ID_PREFIX[kind]}_${encodeInteger(value, DIGITS)}`;
}

/** The integer behind a public id, or null when the text is not an id of this kind. */
export function parseId(kind: IdKind, text: string): number | null {
  const prefix = `${ID_PREFIX[kind]}_`;
  if (text.length !== prefix.length + DIGITS || !text.startsWith(prefix)) return null;
  return decodeInteger(text.slice(prefix.length));
}

/** The digits of an id without its prefix: for places where the kind is clear, such as a pass. */
export const idDigits = (id: Id): string => id.slice(id.indexOf("_") + 1);
