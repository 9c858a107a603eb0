import type { TestProject } from "vitest/node";
import { startLibsqlServer, startNodeServer } from "../processes.ts";
import { provideHost } from "./host.ts";

/** Node with a real libSQL server over HTTP. */
export default (project: TestProject) =>
  provideHost(project, async (env) => {
    const database = await startLibsqlServer();
    const server = await startNodeServer({ ...env, DATABASE_URL: database.url });
    return { url: server.url, stops: [server.stop, database.stop] };
  });
