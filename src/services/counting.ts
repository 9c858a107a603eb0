import { errorName } from "../domain/errors.ts";
import { MAX_LAG_MS } from "../domain/freshness.ts";
import type { Id } from "../domain/id.ts";
import type { Ports } from "../runtime/ports.ts";
import { countArrivals } from "../store/growth/arrivals.ts";
import type { Asked } from "../store/growth/asked.ts";
import { type CountLag, countStep, findUncounted } from "../store/growth/count.ts";
import { type Call, tenantOf } from "./call.ts";
import { accurateAsOf, mayFold } from "./freshness.ts";

/**
 * Entries of the ledger that are counted in one batch; and visits and people at gates. Fewer where those who join or
 * read wait in the same thread meanwhile.
 */
const stepsOf = ({ turn }: Ports) =>
  turn === null ? { entries: 500, arrivals: 5000 } : { entries: 200, arrivals: 2000 };

/** How long one run counts one campaign, in milliseconds without the rests: the next run goes on. */
const RUN_MS = 1000;

/** Takes steps until none is left, or they took `ms` milliseconds in all. */
async function inSteps(ports: Ports, ms: number, step: () => Promise<boolean>): Promise<void> {
  for (let left = ms; ;) {
    const began = ports.now();
    if (!(await step())) return;
    const took = ports.now() - began;
    left -= took;
    if (left <= 0) return;
    // Those who join or read in the same thread have it for twice as long as the step had.
    if (ports.turn !== null && took > 0) await new Promise((resolve) => setTimeout(resolve, 2 * took));
  }
}

/** Counts what is pending of a campaign, until all is counted or that took `ms` milliseconds. */
export function countCampaign(ports: Ports, campaignId: Id, ms = RUN_MS): Promise<void> {
  const { entries } = stepsOf(ports);
  return inSteps(ports, ms, () => countStep(ports.db, campaignId, entries, ports.now(), ports.newId()));
}

/** A read of figures, from what is counted already. */
export const askedNow = (call: Call, id: Id): Asked => ({
  tenant: tenantOf(call),
  id,
  now: call.ports.now(),
  from: "kept",
  entryId: call.ports.newId(),
});

type Counted = { lag: CountLag };

/**
 * Where what was counted already is not enough: what is pending is counted with the next read; where that is
 * much, as after an upgrade, the read recounts everything, and the count is brought up to date beside it.
 * @returns undefined where it is enough
 */
function nextOf({ ports }: Call, asked: Asked, { lag }: Counted): Asked | undefined {
  const { id } = asked;
  if (lag.firstUnfolded === null && lag.dueSince === null && !lag.far) return undefined;
  const next = { ...asked, now: ports.now() };
  if (lag.far) {
    ports.later(`count ${id}`, 0, () => countCampaign(ports, id));
    return { ...next, from: "recount" };
  }
  const young = asked.now - accurateAsOf(lag, asked.now) < MAX_LAG_MS;
  return young && !mayFold(ports, `figures ${id}`) ? undefined : { ...next, from: "counted" };
}

const told = <T extends Counted>(read: T, { from, now }: Asked): T & { accurateAsOf: number } => ({
  ...read,
  accurateAsOf: from === "recount" ? now : accurateAsOf(read.lag, now),
});

/** Reads figures as they are now, or under heavy load as they were at most a second ago: at most two round trips. */
export async function readCounted<T extends Counted>(
  call: Call,
  id: Id,
  read: (asked: Asked) => Promise<T>,
): Promise<T & { accurateAsOf: number }> {
  const asked = askedNow(call, id);
  const first = await read(asked);
  const next = nextOf(call, asked, first);
  return next === undefined ? told(first, asked) : told(await read(next), next);
}

/** The second read of two, when the first one tells how far the count is behind. */
export async function readNext<T extends Counted>(
  call: Call,
  asked: Asked,
  first: Counted,
  read: (asked: Asked) => Promise<T>,
): Promise<T & { accurateAsOf: number }> {
  const next = nextOf(call, asked, first) ?? asked;
  return told(await read(next), next);
}

/** Counts what is pending of all campaigns, of all tenants: so no reader has much to count. */
export async function keepCounts(ports: Ports): Promise<void> {
  for (let after: Id | null = null; ;) {
    const page: Id[] = await findUncounted(ports.db, after);
    for (const campaignId of page) {
      try {
        await countCampaign(ports, campaignId);
      } catch (error) {
        ports.log.error("job", { job: "figures", campaignId, name: errorName(error) });
      }
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last;
  }
  await inSteps(ports, RUN_MS, () => countArrivals(ports.db, stepsOf(ports).arrivals));
}
