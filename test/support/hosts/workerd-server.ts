import type { TestProject } from "vitest/node";
import { openDatabase } from "../../../src/runtime/database/node.ts";
import { startLibsqlServer } from "../processes.ts";
import { provideHost } from "./host.ts";
import { startBareWorker } from "./workerd.ts";

/** workerd with a real libSQL server over HTTP. */
export default (project: TestProject) =>
  provideHost(project, async (env) => {
    const database = await startLibsqlServer();
    const migrated = await openDatabase(database.url, null, "migrations");
    migrated.close();
    const { url, stop } = await startBareWorker({ ...env, DATABASE_URL: database.url });
    return { url, stops: [stop, database.stop] };
  });
