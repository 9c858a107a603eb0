// Who is credited with a join, on paper: from what a browser, or a server, saw of the person before.

import { standingOf } from "./growth-model.ts";
import { type Door, isBelow, type Person } from "./history-model.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export type Rules = { model: "first_touch" | "last_touch"; windowDays: number; allowKnown: boolean };
export type Touch = { door: Door; at: number; typed: boolean };

/**
 * What a browser knows of the doors that were opened in it: to the second, one that is opened again within the
 * hour but once, and of very many the first one and the last seven.
 */
export function remembered(visits: readonly { door: Door; at: number }[]): Touch[] {
  const kept: Touch[] = [];
  for (const { door, at } of visits) {
    const last = kept.at(-1);
    if (last?.door === door && at - last.at < HOUR) continue;
    kept.push({ door, at: at - (at % 1000), typed: false });
  }
  return kept.filter((_, i) => i === 0 || i >= kept.length - 7);
}

/** All arrivals in their order; the page that was filled in, and what the browser kept of it, are one. */
export function arrivals(before: readonly Touch[], last: Touch): Touch[] {
  const all = [...before.filter(({ typed }) => !typed), last, ...before.filter(({ typed }) => typed)];
  all.sort((a, b) => a.at - b.at);
  const same = all[all.indexOf(last) - 1];
  const isOne = same?.typed === false && same.door === last.door && last.at - same.at <= 2000;
  return isOne ? all.filter((touch) => touch !== same) : all;
}

/** The door that counts: what was typed last, or the first, or the last, of the window; null where it has none. */
export function pick({ model, windowDays }: Rules, all: readonly Touch[], now: number): Door | null {
  let [picked, isTyped]: [Touch | null, boolean] = [null, false];
  for (const touch of all) {
    if (!touch.typed && (isTyped || now - touch.at > windowDays * DAY)) continue;
    if (picked === null || touch.typed || model === "last_touch") picked = touch;
    isTyped ||= touch.typed;
  }
  return picked?.door ?? null;
}

/** Why nobody is credited with somebody who came by this person. */
export function refusalOf(
  owner: Person | null,
  { holder, isKnown }: { holder: Person | null; isKnown: boolean },
  { allowKnown }: Rules,
): string | null {
  if (owner === null) return null;
  if (owner === holder) return "self_referral";
  if (holder !== null && isBelow(owner, holder)) return "own_descendant";
  if (standingOf(owner) === "removed") return "inviter_removed";
  return isKnown && !allowKnown ? "not_newcomer" : null;
}
