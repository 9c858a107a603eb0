import type { TestProject } from "vitest/node";
import { openDatabase } from "../../../src/runtime/database/node.ts";
import { startLibsqlServer } from "../processes.ts";
import { provideHost, TEST_ENV } from "./host.ts";
import { startWorker } from "./workerd.ts";

/** workerd with a real libSQL server over HTTP. */
export default async function setup(project: TestProject) {
  const database = await startLibsqlServer();
  const migrated = await openDatabase(database.url, null, "migrations");
  migrated.close();
  const { url, stop } = await startWorker({ ...TEST_ENV, DATABASE_URL: database.url });
  return provideHost(project, url, stop, database.stop);
}
