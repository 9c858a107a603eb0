import { followDelay, mayFoldAside } from "../domain/freshness.ts";
import type { Id } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { foldCampaign } from "./folding.ts";

/** The folds of one campaign: since when one is under way, how long the last one took, and on Node the one that is next. */
type Following = { since: number | null; took: number; running: Promise<void>; next: Promise<void> | null };

/** One that is under way for longer was broken off with the request that began it, in milliseconds. */
const BROKEN_OFF_MS = 5000;
const MAX_CAMPAIGNS = 1000;

const followings = new WeakMap<Ports["log"], Map<Id, Following>>();

function followingOf({ log }: Ports, campaignId: Id): Following {
  const all = followings.get(log) ?? new Map<Id, Following>();
  followings.set(log, all);
  let following = all.get(campaignId);
  if (following === undefined) {
    if (all.size >= MAX_CAMPAIGNS) all.clear();
    following = { since: null, took: 0, running: Promise.resolve(), next: null };
    all.set(campaignId, following);
  }
  return following;
}

async function fold(ports: Ports, campaignId: Id, following: Following): Promise<void> {
  const began = ports.now();
  following.since = began;
  try {
    await foldCampaign(ports, campaignId, mayFoldAside(following.took));
  } finally {
    following.took = ports.now() - began;
    following.since = null;
  }
}

/**
 * Folds what is pending of a campaign now, behind the fold that is under way: whoever asks meanwhile shares that one.
 * Of two folds that meet one works for nothing. Where no request may wait for another one's promise, each folds alone.
 */
export function foldInTurn(ports: Ports, campaignId: Id): Promise<void> {
  if (ports.turn === null) return foldCampaign(ports, campaignId);
  const following = followingOf(ports, campaignId);
  following.next ??= following.running.then(() => {
    following.next = null;
    const folding = fold(ports, campaignId, following);
    following.running = folding.catch(() => undefined);
    return folding;
  });
  return following.next;
}

/** Has the boards of a campaign follow soon, without anybody waiting for it. Of a process one fold at a time follows. */
export function foldSoon(ports: Ports, campaignId: Id): void {
  const following = followingOf(ports, campaignId);
  ports.later(`fold ${campaignId}`, followDelay(following.took), async () => {
    if (ports.turn !== null) return foldInTurn(ports, campaignId);
    const isUnderWay = following.since !== null && ports.now() - following.since < BROKEN_OFF_MS;
    return isUnderWay ? foldSoon(ports, campaignId) : fold(ports, campaignId, following);
  });
}
