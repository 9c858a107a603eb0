import { setTimeout } from "node:timers/promises";
import { followDelay, MAX_LAG_MS, mayFoldAside } from "../../src/domain/freshness.ts";
import { coreJoin, foldOf, type Join, serviceJoin } from "../support/core-join.ts";
import { type Crowded, crowdedWorld, sizesWithRoom, sizeText } from "../support/crowded.ts";
import { diskWait } from "../support/disk.ts";
import { clientDriver, plainDriver, plainInsert } from "../support/floor.ts";
import { beside, rateOf } from "../support/lanes.ts";
import { compete, type Entry, type Slice } from "../support/rounds.ts";
import { type Defer, scoped } from "../support/scope.ts";
import type { Section } from "../support/section.ts";
import { freshDatabase } from "../support/storage.ts";

const SLICE_MS = 1_200;
/** How long boards follow, in milliseconds: what is left to fold at the end, while nobody joins, is to be a small part. */
const FOLLOWED_MS = 3_000;
const WAITING = 64;
const SMALL = 10_000;

type Fold = (aside?: boolean) => Promise<void>;

/** Joins whose boards are left behind; they are brought up to date where no clock runs. */
const unfolded =
  (join: Join, width: number, fold: Fold): Slice =>
  async (ms) => {
    const rate = await rateOf(width, ms, join);
    await fold();
    return rate;
  };

/** The oldest that boards were while joins went on, in milliseconds. */
type Lag = { most: number };

/** Joins with boards that follow; the last fold belongs to the time that they took. */
const followed =
  (join: Join, fold: Fold, lag: Lag): Slice =>
  async () => {
    const start = performance.now();
    let folded = start;
    let took = 0;
    const foldNow = inTurn(async (isLast: boolean) => {
      const began = performance.now();
      await fold(!isLast && mayFoldAside(took));
      // Whoever joined just after the last fold began has waited since.
      lag.most = Math.max(lag.most, performance.now() - folded);
      folded = began;
      took = performance.now() - began;
    });
    const follow = async () => {
      await foldNow(false);
      await setTimeout(followDelay(took));
    };
    return beside(follow, async () => {
      const rate = await rateOf(WAITING, FOLLOWED_MS, join);
      const joined = performance.now() - start;
      await foldNow(true);
      return (rate * joined) / (performance.now() - start);
    });
  };

/** The same work, never twice at once: whoever comes meanwhile waits for a turn of their own. */
function inTurn<A extends unknown[]>(work: (...args: A) => Promise<void>): (...args: A) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (...args) => {
    const before = last;
    last = (async () => {
      await before;
      await work(...args);
    })();
    return last;
  };
}

/** Joins that are on the boards before they are answered: a fold behind each group that came in together. */
const neverStale = (join: Join, fold: Fold): Slice => {
  let next: Promise<void> | null = null;
  let took = 0;
  const foldNext = inTurn(async () => {
    // Who was let in by the same commit comes along, and who is let in by the next one: or two halves take turns.
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    next = null;
    const began = performance.now();
    await fold(mayFoldAside(took));
    took = performance.now() - began;
  });
  return (ms) =>
    rateOf(WAITING, ms, async () => {
      await join();
      await (next ??= foldNext());
    });
};

/** One plain durable INSERT, through the libSQL client as anybody would write it, and with statements that stay prepared. */
const FLOORS = { floor: "", "prepared floor": ", against the same, kept prepared" } as const;

/** The slices of both floors, each on a database of its own. */
async function floorSlices(defer: Defer): Promise<Record<keyof typeof FLOORS, Slice>> {
  const slice = async (open: typeof clientDriver): Promise<Slice> => {
    const insert = await plainInsert(await open(await freshDatabase("file", defer), defer, "FULL"));
    return (ms) => rateOf(1, ms, insert);
  };
  return { floor: await slice(clientDriver), "prepared floor": await slice(plainDriver) };
}

/** The rows of one crowd. */
async function entriesOf(crowded: Crowded, lag: Lag) {
  const size = sizeText(crowded.crowd.size);
  const [core, service, fold] = [await coreJoin(crowded), serviceJoin(crowded), foldOf(crowded)];
  const slices = { core: unfolded(core, WAITING, fold), single: unfolded(core, 1, fold) };
  const row = (base: keyof typeof FLOORS, name: string, slice: Slice): Entry => ({
    case: `${size}, ${name}${FLOORS[base]}`,
    unit: "joins/s",
    base,
    slice,
  });
  const judged = (name: string, slice: Slice, aim: number): Entry[] => [
    { ...row("floor", name, slice), aim },
    row("prepared floor", name, slice),
  ];
  const entries = [
    ...judged(`core, ${WAITING} waiting`, slices.core, 0.7),
    ...judged("core, boards at most 1 s old", followed(core, fold, lag), 1.2),
    ...judged("core, boards never old", neverStale(core, fold), 1.6),
    ...judged("core, one by one", slices.single, 2.5),
    row("floor", `service, ${WAITING} waiting, boards following`, unfolded(service, WAITING, fold)),
  ];
  return { size, slices, entries };
}

/** Joins against the floor of one plain durable INSERT, in campaigns of all sizes. */
export const joins: Section = {
  name: "joins",
  title: "Joins, from 10,000 participants on",
  about:
    "A whole join (invite, gate, dedupe, seat, tree, ledger, own invite) on a file, by the invites of people all over the " +
    "tree; the file is in the system's memory, where that has room. Core: the store's batch alone, of those who wait together one for all; service: with all that is read, checked and " +
    "hashed before it. Base: one plain INSERT of one row in a batch of its own, one by one, through the libSQL client as its " +
    "manual shows it, for which the aims were set; and through the product's own binding, whose statements stay prepared. All " +
    "survive a power cut (`synchronous=FULL`). Boards at most 1 s old: folded as the product does while joins go on (after 10 " +
    "to 100 ms, the sooner the longer a fold takes, and worked out beside those who join while that takes less than 150 ms), over " +
    `${FOLLOWED_MS / 1000} seconds, and to the last one within the time that is measured; never old: nobody is answered before the ` +
    "boards have them. Growth: the same joins beside those " +
    "into a campaign of 10,000.",
  run: async (run) =>
    scoped(async (defer) => {
      const { sizes, notes } = await sizesWithRoom([...new Set([SMALL, ...run.participants])]);
      const lag: Lag = { most: 0 };
      const bases: Record<string, Slice> = await floorSlices(defer);
      const entries: Entry[] = [];
      // All of them are built before any is measured: the largest takes minutes, in which the others would fall asleep.
      for (const size of sizes) await scoped((built) => crowdedWorld(size, run.defer, built));
      for (const size of sizes) {
        const made = await entriesOf(await crowdedWorld(size, run.defer, defer), lag);
        entries.push(...made.entries);
        if (size === SMALL) {
          bases["core of 10k"] = made.slices.core;
          bases["single of 10k"] = made.slices.single;
          continue;
        }
        const growth = { unit: "joins/s", aim: 2 };
        const name = `growth from 10k to ${made.size}`;
        entries.push(
          { ...growth, case: `${name}, ${WAITING} waiting`, base: "core of 10k", slice: made.slices.core },
          { ...growth, case: `${name}, one by one`, base: "single of 10k", slice: made.slices.single },
        );
      }
      const before = await diskWait();
      const rows = await compete(bases, entries, SLICE_MS);
      const after = await diskWait();
      const judged = lag.most <= MAX_LAG_MS ? "met" : "missed";
      notes.push(
        `While joins went on, boards were ${Math.round(lag.most)} ms old at the most (≤ ${MAX_LAG_MS} ${judged}).`,
      );
      notes.push(
        `A page of a file written over, and the wait for the disk, took ${Math.round(before)} µs before and ` +
          `${Math.round(after)} µs after (median): the longer that takes, the lower the ratios to the floors.`,
      );
      return { rows, notes };
    }),
};
