import { createTestHarness, unstable_startWorker as serveWorker } from "wrangler";

const CONFIG = "./wrangler.toml";

/** The built Worker in workerd with these settings, and its D1 databases, which can be migrated. */
export async function startWorker(vars: Record<string, string>) {
  const harness = createTestHarness({
    workers: [{ configPath: CONFIG, vars }],
  });
  const { url } = await harness.listen();
  return { url: url.href, worker: harness.getWorker(), stop: () => harness.close() };
}

/**
 * The same without a harness, which sends whatever a Worker asks for by this process: each query of a database
 * elsewhere would pass through it.
 */
export async function startBareWorker(vars: Record<string, string>) {
  const bindings = Object.fromEntries(
    Object.entries(vars).map(([name, value]) => [name, { type: "plain_text" as const, value }]),
  );
  const worker = await serveWorker({
    config: CONFIG,
    bindings,
    dev: {
      server: { hostname: "127.0.0.1", port: 0 },
      logLevel: "none",
      watch: false,
      persist: false,
      inspector: false,
      inferOriginFromRoutes: false,
    },
  });
  await worker.ready;
  return { url: (await worker.url).href, stop: () => worker.dispose() };
}
