import type { TestProject } from "vitest/node";
import { startNodeServer, temporaryFolder } from "../processes.ts";
import { provideHost } from "./host.ts";

/** Node with an embedded libSQL file. */
export default (project: TestProject) =>
  provideHost(project, async (env) => {
    const folder = await temporaryFolder();
    const server = await startNodeServer({ ...env, QROVE_DATA: folder.path });
    return { url: server.url, stops: [server.stop, folder.remove] };
  });
