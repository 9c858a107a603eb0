import { followDelay } from "../domain/freshness.ts";
import type { Id } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { foldCampaign } from "./folding.ts";

/** The folds of one campaign that follow its joins: since when one is under way, and how long the last one took. */
type Following = { since: number | null; took: number };

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
    following = { since: null, took: 0 };
    all.set(campaignId, following);
  }
  return following;
}

/**
 * Has the boards of a campaign follow soon, without anybody waiting for it. Of a process one fold at a time follows:
 * of two that meet, one would have worked for nothing.
 */
export function foldSoon(ports: Ports, campaignId: Id): void {
  const following = followingOf(ports, campaignId);
  ports.later(`fold ${campaignId}`, followDelay(following.took), async () => {
    const began = ports.now();
    if (following.since !== null && began - following.since < BROKEN_OFF_MS) {
      foldSoon(ports, campaignId);
      return;
    }
    following.since = began;
    try {
      await foldCampaign(ports, campaignId);
    } finally {
      following.took = ports.now() - began;
      following.since = null;
    }
  });
}
