import { createTestHarness } from "wrangler";

/** The built Worker in workerd, with these settings. */
export async function startWorker(vars: Record<string, string>) {
  const harness = createTestHarness({
    workers: [{ configPath: "./wrangler.toml", vars }],
  });
  const { url } = await harness.listen();
  return { url: url.href, worker: harness.getWorker(), stop: () => harness.close() };
}
