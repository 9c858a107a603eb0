import { errorName } from "../../domain/errors.ts";
import type { Scan } from "../../domain/scan.ts";
import type { Log } from "../log.ts";

/** Keeps scans. `record` never rejects: what cannot be kept is lost, counted in the log. */
export type ScanRecorder = { record: (scan: Scan) => Promise<void> };

/** Writes scans in one batch. May fail. */
export type WriteScans = (scans: readonly Scan[]) => Promise<void>;

/** How a host keeps scans. */
export type MakeRecorder = (write: WriteScans, log: Log) => ScanRecorder;

/** Writes them, or says how many were lost and why; never what was in them. */
export async function writeOrLose(scans: readonly Scan[], write: WriteScans, log: Log): Promise<void> {
  try {
    await write(scans);
  } catch (error) {
    log.error("scans_lost", { count: scans.length, reason: errorName(error) });
  }
}

/** Writes each scan by itself before `record` resolves: for callers that serve no pages. */
export const directRecorder: MakeRecorder = (write, log) => ({
  record: (scan) => writeOrLose([scan], write, log),
});
