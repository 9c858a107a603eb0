import { JOBS, runJob } from "./jobs/index.ts";
import { createApp } from "./http/app.ts";
import { buildPorts } from "./runtime/build-ports.ts";
import { edgeClient } from "./runtime/client.ts";
import { parseConfig } from "./runtime/config.ts";
import { type D1, d1Driver } from "./runtime/database/d1.ts";
import { fewWriters } from "./runtime/database/few-writers.ts";
import { streamDriver } from "./runtime/database/libsql-streams.ts";
import { edgeLater } from "./runtime/later/edge.ts";
import type { Ports } from "./runtime/ports.ts";
import { deferredRecorder } from "./runtime/scans/deferred.ts";

/** The bindings of wrangler.toml: a D1 database, or the address of a libSQL server. */
type WorkerEnv = { DB?: D1 } & Record<string, unknown>;

type App = { ports: Ports; fetch: ReturnType<typeof createApp>["fetch"] };

/** One app an isolate: the same environment lives as long as the isolate does. */
const apps = new WeakMap<WorkerEnv, App>();

function appOf(env: WorkerEnv): App {
  let app = apps.get(env);
  if (app === undefined) {
    const config = parseConfig(env);
    if (config.QROVE_SECRET === undefined) throw new Error("Set the secret QROVE_SECRET.");
    if (config.SMTP_URL !== undefined) throw new Error("SMTP_URL is for Node: set SENDER_URL here.");
    const driver = config.DATABASE_URL
      ? fewWriters(streamDriver(config.DATABASE_URL, config.DATABASE_AUTH_TOKEN ?? null).driver)
      : env.DB && d1Driver(env.DB);
    if (!driver) throw new Error("Bind a D1 database as DB, or set DATABASE_URL.");
    const host = { clientOf: edgeClient, recorder: deferredRecorder, later: edgeLater };
    const ports = buildPorts(config, driver, config.QROVE_SECRET, host);
    app = { ports, fetch: createApp(ports).fetch };
    apps.set(env, app);
  }
  return app;
}

export default {
  /** The cron trigger of wrangler.toml: every minute. */
  scheduled: async (_event: unknown, env: WorkerEnv): Promise<void> => {
    const { ports } = appOf(env);
    for (const job of JOBS) await runJob(ports, job);
  },
  fetch: (request: Request, env: WorkerEnv): Response | Promise<Response> => appOf(env).fetch(request, env),
};
