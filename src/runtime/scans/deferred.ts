import { waitUntil } from "cloudflare:workers";
import { type MakeRecorder, writeOrLose } from "./recorder.ts";

/**
 * Keeps scans on Cloudflare: `record` resolves at once, and the write goes on after the answer, for
 * up to the 30 s that the platform grants. So a page never waits for it, and a scan that was answered
 * is lost where the database refuses or outlasts that time (both in the log as `scans_lost`), or
 * where the isolate is ended before the write is done (in no log).
 */
export const deferredRecorder: MakeRecorder = (write, log) => ({
  record: (scan) => {
    waitUntil(writeOrLose([scan], write, log));
    return Promise.resolve();
  },
});
