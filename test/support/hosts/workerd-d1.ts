import type { TestProject } from "vitest/node";
import { provideHost } from "./host.ts";
import { startWorker } from "./workerd.ts";

/** workerd with D1. */
export default (project: TestProject) =>
  provideHost(project, async (env) => {
    const { url, worker, stop } = await startWorker(env);
    await worker.applyD1Migrations("DB");
    return { url, stops: [stop] };
  });
