import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { parseId } from "../../src/domain/id.ts";
import { encodeCursor } from "../../src/domain/page.ts";
import { readLeaderboard } from "../../src/services/boards.ts";
import { picker, type Scored } from "../support/board-asks.ts";
import { foldOf, serviceJoin } from "../support/core-join.ts";
import { type Crowded, crowdedWorld, sizesWithRoom, sizeText } from "../support/crowded.ts";
import { get, httpRate, post } from "../support/http-load.ts";
import { beside, rateOf } from "../support/lanes.ts";
import { compete } from "../support/rounds.ts";
import { type Defer, scoped } from "../support/scope.ts";
import type { Row, Section } from "../support/section.ts";
import { APP, startServer } from "../support/server.ts";
import { INSTALLATION, newcomer } from "../support/world.ts";

const SLICE_MS = 1_500;
const WAITING = 64;
const ROWS = 100;
const PAGES_A_SECOND = 100;
const MAX_UNDER_WAY = 8;
const MEMORY_MS = 15_000;
const MAX_MIB = 300;

const cursorOf = ({ id, score, reachedAt }: Scored): string =>
  encodeCursor({ direction: "after", key: `${score}.${reachedAt}.${parseId("participant", id)}` });

/** What readers got beside the joins. */
type Reads = { pages: number; ms: number };

/** Joins with boards that follow, and beside them, where `read` is given, so many pages a second. */
const joining = (crowded: Crowded, reads: Reads, read?: () => Promise<unknown>) => {
  const [join, fold] = [serviceJoin(crowded), foldOf(crowded)];
  return async (ms: number) => {
    const start = performance.now();
    const underWay = new Set<Promise<unknown>>();
    const page = async (turn: number) => {
      const early = (turn * 1000) / PAGES_A_SECOND - (performance.now() - start);
      if (early > 0) await setTimeout(early);
      if (read === undefined) return;
      // Readers do not wait for each other, but for a server that falls behind.
      if (underWay.size >= MAX_UNDER_WAY) await Promise.race(underWay);
      const reading = read().then(() => reads.pages++);
      underWay.add(reading);
      void reading.finally(() => underWay.delete(reading));
    };
    const rate = await beside(page, () => rateOf(WAITING, ms, join));
    await Promise.all(underWay);
    if (read !== undefined) reads.ms += performance.now() - start;
    await fold();
    return rate;
  };
};

async function measure(crowded: Crowded): Promise<{ rows: Row[]; notes: string[] }> {
  const { world, place, crowd } = crowded;
  const { pick } = await picker(crowded);
  const page = () =>
    readLeaderboard(world.call, place.campaignId, {
      metric: "direct",
      limit: ROWS,
      cursor: cursorOf(pick()),
    });
  const reads: Reads = { pages: 0, ms: 0 };
  const slice = joining(crowded, reads, page);
  const name = `${sizeText(crowd.size)}, ${WAITING} waiting, beside ${PAGES_A_SECOND} pages a second`;
  const rows = await compete(
    { alone: joining(crowded, reads) },
    [{ case: name, unit: "joins/s", base: "alone", slice, aim: 1.1 }],
    SLICE_MS,
  );
  const rate = Math.round((reads.pages * 1000) / reads.ms);
  return {
    rows,
    notes: [`${sizeText(crowd.size)}: ${rate} pages of ${ROWS} rows a second were read beside the joins.`],
  };
}

/** Resident memory of a process in MiB; null where the system does not tell. */
function residentMib(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib) / 1024;
  } catch {
    return null;
  }
}

/** How large the server gets while everybody joins and reads at once. */
async function watchMemory(crowded: Crowded, defer: Defer): Promise<string> {
  const { world, place, crowd } = crowded;
  const { pick } = await picker(crowded);
  const { url, pid } = await startServer(APP, { DATABASE_URL: world.url, ...INSTALLATION }, defer);
  const key = INSTALLATION.QROVE_ADMIN_KEY;
  const path = `/v1/campaigns/${place.campaignId}`;
  const check = (status: number, body: Buffer) => {
    if (status !== 200) throw new Error(`${status}: ${body.toString()}`);
  };
  let turn = 0;
  const code = () => crowd.codes[(turn += 7_919) % crowd.codes.length] as string;
  const nextJoin = () => post(`${path}/joins`, key, newcomer(code()));
  const nextPage = () =>
    get(`${path}/leaderboard?limit=${ROWS}&cursor=${cursorOf(pick())}`, "application/json", key);
  const loads = () =>
    Promise.all([
      httpRate({ url, width: WAITING, next: nextJoin, check }, MEMORY_MS),
      httpRate({ url, width: 4, next: nextPage, check }, MEMORY_MS),
    ]);
  let most = residentMib(pid);
  const watch = async () => {
    most = most && Math.max(most, residentMib(pid) ?? 0);
    await setTimeout(100);
  };
  const [joins, pages] = await beside(watch, loads);
  const load = `with ${Math.round(joins)} joins and ${Math.round(pages)} pages of ${ROWS} rows a second`;
  if (most === null) return `The server's memory could not be read on this system (${load}).`;
  const judged = most < MAX_MIB ? "met" : "missed";
  return `${sizeText(crowd.size)}: the server's resident memory was ${Math.round(most)} MiB at the most (< ${MAX_MIB} ${judged}), ${load}.`;
}

/** What readers cost those who join, and what both cost in memory. */
export const boardsUnderLoad: Section = {
  name: "boards-load",
  title: "Joins beside readers of the board",
  about:
    `Joins through the service on a file, ${WAITING} waiting, boards following as in the product, beside a reader of ${PAGES_A_SECOND} pages ` +
    `a second of ${ROWS} rows from all over the board; the file is in the system's memory, where that has room. Base: the same joins with nobody reading. Memory: that of the server in a ` +
    `process of its own, over ${MEMORY_MS / 1000} seconds of joins (${WAITING} connections) and pages (4) over HTTP as fast as it answers.`,
  run: async (run) => {
    const { sizes, notes } = await sizesWithRoom(run.participants);
    const rows: Row[] = [];
    for (const size of sizes.slice(-1)) {
      const done = await scoped(async (defer) => measure(await crowdedWorld(size, run.defer, defer)));
      rows.push(...done.rows);
      notes.push(...done.notes);
      notes.push(
        await scoped(async (defer) => watchMemory(await crowdedWorld(size, run.defer, defer), defer)),
      );
    }
    return { rows, notes };
  },
};
