import { setImmediate } from "node:timers/promises";
import type { Scan } from "../../domain/scan.ts";
import type { Log } from "../log.ts";
import { type ScanRecorder, writeOrLose, type WriteScans } from "./recorder.ts";

/** Scans in one write: an embedded file's write holds up the whole process. */
const MAX_GROUP = 500;

/** Bounds that tests make smaller. */
const LIMITS = {
  /** Scans that may wait for the database; those beyond are lost, so that memory stays flat. */
  waiting: 20_000,
  /** How long a page waits for its scan, in milliseconds. */
  patience: 2_000,
};

type Group = { scans: Scan[]; done: Promise<void>; resolve: () => void };

function openGroup(patience: number): Group {
  let resolve = () => {};
  const done = new Promise<void>((settle) => {
    // A slow database keeps no page waiting: the answer goes, and the write goes on.
    const timer = setTimeout(settle, patience);
    resolve = () => {
      clearTimeout(timer);
      settle();
    };
  });
  return { scans: [], done, resolve };
}

/**
 * Keeps scans on a server of one's own: all that arrive in one turn of the event loop, or while
 * another write is under way, go in one write that they share. `record` resolves when the scan is in
 * the database, so a page that was answered is counted even if the process is killed the next moment
 * (unless the database took longer than the page may wait). A power cut is another matter: `openLight`.
 */
export function groupedRecorder(
  write: WriteScans,
  log: Log,
  { waiting, patience }: typeof LIMITS = LIMITS,
): ScanRecorder {
  let gathering: Group | null = null;
  let pending = 0;
  let running = false;
  let refused = 0;

  async function run(): Promise<void> {
    running = true;
    while (gathering !== null) {
      await setImmediate();
      const { scans, resolve } = gathering as Group;
      gathering = null;
      for (let start = 0; start < scans.length; start += MAX_GROUP) {
        await writeOrLose(scans.slice(start, start + MAX_GROUP), write, log);
      }
      pending -= scans.length;
      resolve();
      if (refused > 0) log.error("scans_lost", { count: refused, reason: "too many were waiting" });
      refused = 0;
    }
    running = false;
  }

  return {
    record: (scan) => {
      if (pending >= waiting) {
        refused++;
        return Promise.resolve();
      }
      pending++;
      gathering ??= openGroup(patience);
      gathering.scans.push(scan);
      const { done } = gathering;
      if (!running) void run();
      return done;
    },
  };
}
