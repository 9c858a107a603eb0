import { build } from "esbuild";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { temporaryFolder } from "../../test/support/processes.ts";
import type { Defer } from "./scope.ts";

/** The product's server, as a file that Node runs. */
export const APP = "dist/node.mjs";

/** Bundles a floor as `npm run build` bundles the app; answers the file that Node runs. */
export async function buildFloor(name: "server" | "scans" | "json"): Promise<string> {
  const outfile = `dist/bench-floor-${name}.mjs`;
  await build({
    entryPoints: [`bench/floor/${name}.ts`],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    packages: "external",
    logLevel: "warning",
  });
  return outfile;
}

const START_MS = 20_000;

/** How `npm start` runs the server. */
const START = "scripts/start.mjs";

/**
 * Starts a server in a process of its own and waits until it listens. Its output
 * goes into a file, as under a service manager: log lines are part of what the product costs.
 */
export async function startServer(
  entry: string,
  env: Record<string, string>,
  defer: Defer,
): Promise<{ url: string; pid: number }> {
  const folder = await temporaryFolder();
  defer(folder.remove);
  const log = join(folder.path, "log");
  const output = openSync(log, "w");
  const { PATH } = process.env;
  const child = spawn(process.execPath, [START, entry], {
    env: { PATH, PORT: "0", QROVE_DATA: folder.path, ...env },
    stdio: ["ignore", output, output],
  });
  const gone = once(child, "exit");
  defer(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  for (const start = Date.now(); Date.now() - start < START_MS; await setTimeout(20)) {
    const port = /listens on http:\/\/localhost:(\d+)/.exec(readFileSync(log, "utf8"))?.[1];
    if (port !== undefined) return { url: `http://127.0.0.1:${port}`, pid: child.pid as number };
    if (child.exitCode !== null) break;
  }
  throw new Error(`${entry} did not start:\n${readFileSync(log, "utf8")}`);
}
