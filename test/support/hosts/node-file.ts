import type { TestProject } from "vitest/node";
import { startNodeServer, temporaryFolder } from "../processes.ts";
import { provideHost, TEST_ENV } from "./host.ts";

/** Node with an embedded libSQL file. */
export default async function setup(project: TestProject) {
  const folder = await temporaryFolder();
  const server = await startNodeServer({ ...TEST_ENV, QROVE_DATA: folder.path });
  return provideHost(project, server.url, server.stop, folder.remove);
}
