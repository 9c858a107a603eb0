import { ALL_QUARTERS, matureBefore, QUARTER_MS, quarterOf } from "../../src/domain/growth.ts";
import type { From } from "../../src/store/growth/asked.ts";
import { readFunnel, readGrowth, readSources } from "../../src/store/growth/read.ts";
import { type Crowded, crowdedWorld, sizesWithRoom, sizeText } from "../support/crowded.ts";
import { rateOf } from "../support/lanes.ts";
import { compete, type Entry, type Slice } from "../support/rounds.ts";
import { scoped } from "../support/scope.ts";
import type { Row, Run, Section } from "../support/section.ts";

const SLICE_MS = 250;
const SMALL = 100_000;
const DAY_QUARTERS = 86_400_000 / QUARTER_MS;
const DAYS = 31;
const LEVELS = 100;
const SOURCES = 501;

const FIGURES = ["funnel", "growth", "sources"] as const;
type Figure = (typeof FIGURES)[number];

/** One call after the other: what is compared is how long somebody waits. */
const oneByOne =
  (work: () => Promise<unknown>): Slice =>
  (ms) =>
    rateOf(1, ms, work);

/** The reads of a campaign's figures: of all time, and of growth by day. */
function figuresOf({ world, place }: Crowded, from: From): Record<Figure, () => Promise<unknown>> {
  const { ports, call } = world;
  const asked = () => ({
    tenant: { workspaceId: call.actor.workspaceId, campaignId: null },
    id: place.campaignId,
    now: ports.now(),
    from,
    entryId: 0,
  });
  const today = quarterOf(ports.now());
  const days = Array.from({ length: DAYS }, (_, i) => {
    const to = today - (today % DAY_QUARTERS) + DAY_QUARTERS * (2 + i - DAYS);
    return { from: to - DAY_QUARTERS, to };
  });
  const mature = () => matureBefore(ports.now());
  return {
    funnel: () => readFunnel(ports.db, asked(), [ALL_QUARTERS], mature()),
    growth: () => readGrowth(ports.db, asked(), days, LEVELS),
    sources: () => readSources(ports.db, asked(), ALL_QUARTERS, mature(), SOURCES),
  };
}

/** What is kept must be what a recount gives, before anybody asks which is faster. */
async function demandAgreement(crowded: Crowded): Promise<void> {
  const [kept, recount] = [figuresOf(crowded, "kept"), figuresOf(crowded, "recount")];
  for (const figure of FIGURES) {
    const [one, other] = [await kept[figure](), await recount[figure]()].map(sorted);
    if (one !== other) throw new Error(`${figure} is not what a recount gives: ${one} instead of ${other}`);
  }
}

/** Spans come in any order. */
const sorted = (read: unknown): string =>
  JSON.stringify(read, (key, value: unknown) =>
    key === "spans" ? (value as [number, number][]).toSorted(([a], [b]) => a - b) : value,
  );

/** A figure that is kept beside the same one recounted, of 100,000 people. */
const recounted = (run: Run): Promise<Row[]> =>
  scoped(async (defer) => {
    const crowded = await crowdedWorld(SMALL, run.defer, defer);
    await demandAgreement(crowded);
    const [kept, recount] = [figuresOf(crowded, "kept"), figuresOf(crowded, "recount")];
    const bases = Object.fromEntries(FIGURES.map((figure) => [figure, oneByOne(recount[figure])]));
    const entries = FIGURES.map((figure): Entry => ({
      case: `${sizeText(SMALL)}, ${figure}, against a recount`,
      unit: "reads/s",
      base: figure,
      slice: oneByOne(kept[figure]),
      aim: 0.1,
    }));
    return compete(bases, entries, SLICE_MS);
  });

/** A figure of many people beside that of 100,000. */
const flat = (sizes: readonly number[], run: Run): Promise<Row[]> =>
  scoped(async (defer) => {
    const of = async (size: number) => figuresOf(await crowdedWorld(size, run.defer, defer), "kept");
    const small = await of(SMALL);
    const bases = Object.fromEntries(FIGURES.map((figure) => [figure, oneByOne(small[figure])]));
    const entries: Entry[] = [];
    for (const size of sizes) {
      const large = await of(size);
      for (const figure of FIGURES)
        entries.push({
          case: `${figure}, from ${sizeText(SMALL)} to ${sizeText(size)}`,
          unit: "reads/s",
          base: figure,
          slice: oneByOne(large[figure]),
        });
    }
    return compete(bases, entries, SLICE_MS);
  });

/** Growth figures of large campaigns. */
export const growth: Section = {
  name: "growth",
  title: "Growth figures",
  about:
    "Funnel and sources of all time, and growth by day over a month, read from the sums that follow the ledger, on a file. " +
    "Base of the first rows: the same figures recounted from people, ledger, scans and gates, which must agree. Base of the " +
    "others: the same read of a campaign of 100,000 participants.",
  run: async (run) => {
    const { sizes, notes } = await sizesWithRoom(run.participants);
    return { rows: [...(await recounted(run)), ...(await flat(sizes, run))], notes };
  },
};
