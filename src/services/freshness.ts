import { type Allowance, fullAllowance, type Lag, MAX_LAG_MS, refill } from "../domain/freshness.ts";
import { type Id, idTime } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { foldInTurn } from "./following.ts";

const allowances = new WeakMap<Ports["log"], Map<string, Allowance>>();

/** Takes one of the folds, or counts, that readers of a campaign may ask for; false when there is none left. */
export function mayFold(ports: Ports, campaignId: string): boolean {
  const all = allowances.get(ports.log) ?? new Map<string, Allowance>();
  allowances.set(ports.log, all);
  const now = ports.now();
  const { left, at } = refill(all.get(campaignId) ?? fullAllowance(now), now);
  if (all.size > 1000) all.clear();
  all.set(campaignId, { left: left < 1 ? left : left - 1, at });
  return left >= 1;
}

/** The instant up to which everything is in what was read at `at`. */
export const accurateAsOf = ({ firstUnfolded, dueSince }: Lag, at: number): number =>
  Math.min(at, dueSince ?? at, firstUnfolded === null ? at : idTime(firstUnfolded));

/**
 * Reads boards as they are now while that costs little, else as they were at most a second ago.
 * @param fresh folds first, whatever it costs
 */
export async function readFolded<T extends Lag>(
  ports: Ports,
  campaignIdOf: (read: T) => Id,
  fresh: boolean,
  read: (now: number) => Promise<T>,
): Promise<T & { accurateAsOf: number }> {
  const now = ports.now();
  const first = await read(now);
  if (first.firstUnfolded === null && first.dueSince === null) return { ...first, accurateAsOf: now };
  const since = accurateAsOf(first, now);
  const campaignId = campaignIdOf(first);
  if (!fresh && now - since < MAX_LAG_MS && !mayFold(ports, campaignId))
    return { ...first, accurateAsOf: since };
  // Whatever was committed by now is folded next: ids may be older than that, where writes had to wait.
  const folding = ports.now();
  await foldInTurn(ports, campaignId);
  const later = ports.now();
  const second = await read(later);
  return { ...second, accurateAsOf: Math.max(folding, accurateAsOf(second, later)) };
}
