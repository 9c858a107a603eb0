import type { TestProject } from "vitest/node";
import { startLibsqlServer, startNodeServer } from "../processes.ts";
import { provideHost, TEST_ENV } from "./host.ts";

/** Node with a real libSQL server over HTTP. */
export default async function setup(project: TestProject) {
  const database = await startLibsqlServer();
  const server = await startNodeServer({ ...TEST_ENV, DATABASE_URL: database.url });
  return provideHost(project, server.url, server.stop, database.stop);
}
