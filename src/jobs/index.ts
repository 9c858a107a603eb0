import { errorName } from "../domain/errors.ts";
import type { Ports } from "../runtime/ports.ts";
import { keepCounts } from "../services/counting.ts";
import { forgetOldFacts } from "../services/gates.ts";
import { keepApplications } from "../services/reapplying.ts";
import { keepChecks } from "../services/rechecking.ts";
import { keepBoards, keepSeats, keepWatch } from "../services/upkeep.ts";
import type { Job } from "./job.ts";

/** Everything that happens by the clock, for Node's timer and the Worker's cron alike. */
export const JOBS: readonly Job[] = [
  { name: "seats", everySeconds: 15, run: keepSeats },
  { name: "boards", everySeconds: 5, run: keepBoards },
  { name: "figures", everySeconds: 2, run: keepCounts },
  { name: "applications", everySeconds: 10, run: keepApplications },
  { name: "facts", everySeconds: 3600, run: forgetOldFacts },
  { name: "recheck", everySeconds: 60, run: keepChecks },
  { name: "watch", everySeconds: 60, run: keepWatch },
];

/** The jobs that are under way in this process. */
const underWay = new WeakMap<Ports, Set<string>>();

/**
 * Runs a job, unless its last run is not over yet: a slow database is not made slower. One that fails is
 * logged, and comes again in its time.
 */
export async function runJob(ports: Ports, job: Job): Promise<void> {
  const mine = underWay.get(ports) ?? new Set();
  if (mine.has(job.name)) return;
  underWay.set(ports, mine.add(job.name));
  try {
    await job.run(ports);
  } catch (error) {
    ports.log.error("job", { job: job.name, name: errorName(error) });
  } finally {
    mine.delete(job.name);
  }
}
