import type { TestProject } from "vitest/node";
import { provideHost, TEST_ENV } from "./host.ts";
import { startWorker } from "./workerd.ts";

/** workerd with D1. */
export default async function setup(project: TestProject) {
  const { url, worker, stop } = await startWorker(TEST_ENV);
  await worker.applyD1Migrations("DB");
  return provideHost(project, url, stop);
}
