import type { Ports } from "../runtime/ports.ts";

/** Scheduled work. It may run on several servers at once, and twice: every batch of it says so by itself. */
export type Job = {
  name: string;
  /** Seconds between two runs on Node; on Workers all jobs run with the cron trigger. */
  everySeconds: number;
  run: (ports: Ports) => Promise<void>;
};
