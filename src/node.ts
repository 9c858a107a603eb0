import { serve } from "@hono/node-server";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createApp } from "./http/app.ts";
import { JOBS, runJob } from "./jobs/index.ts";
import { buildPorts } from "./runtime/build-ports.ts";
import { nodeClient } from "./runtime/client.ts";
import { parseConfig } from "./runtime/config.ts";
import { openDatabase } from "./runtime/database/node.ts";
import { firstRun } from "./runtime/first-run.ts";
import { timerLater } from "./runtime/later/timer.ts";
import { groupedLines } from "./runtime/log-node.ts";
import { loadRasteriser } from "./runtime/poster-node.ts";
import { groupedRecorder } from "./runtime/scans/grouped.ts";
import { openLight } from "./runtime/scans/light.ts";
import { nodeCryptography } from "./runtime/secrets-node.ts";
import { nodeTurn } from "./runtime/turn-node.ts";
import { smtpSender } from "./runtime/sending/smtp-node.ts";

/** The data folder holds the secret and everybody's joins: no other user of the machine reads it. */
const makeDataFolder = (folder: string) => mkdirSync(folder, { recursive: true, mode: 0o700 });

/** The installation's secret: given, or made on the first run and kept in the data folder. */
function secretOf(given: string | undefined, folder: string): string {
  if (given !== undefined) return given;
  makeDataFolder(folder);
  const file = join(folder, "secret");
  if (!existsSync(file)) {
    // `wx`: of several servers that start at once, one writes, and all read what it wrote.
    try {
      writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return readFileSync(file, "utf8").trim();
}

/** Longer than proxies and clients keep an idle connection: whoever closes first must not be this end. */
const KEEP_ALIVE_MS = 75_000;

/** Starts the listener; answers when it has its port (0 asks for a free one). */
const listen = (fetch: (request: Request) => Response | Promise<Response>, wanted: number) =>
  new Promise<{ server: ReturnType<typeof serve>; port: number }>((resolve, reject) => {
    const options = { fetch, port: wanted, serverOptions: { keepAliveTimeout: KEEP_ALIVE_MS } };
    const server = serve(options, ({ port }) => resolve({ server, port }));
    server.once("error", reject);
  });

async function main(): Promise<void> {
  const config = parseConfig(process.env);
  const secret = secretOf(config.QROVE_SECRET, config.QROVE_DATA);
  if (config.DATABASE_URL === undefined) makeDataFolder(config.QROVE_DATA);
  const url = config.DATABASE_URL ?? `file:${join(config.QROVE_DATA, "qrove.db")}`;
  const database = await openDatabase(url, config.DATABASE_AUTH_TOKEN ?? null);
  const light = url.startsWith("file:") ? openLight(url) : undefined;
  const ports = buildPorts(config, database.driver, secret, {
    clientOf: nodeClient(config.QROVE_TRUST_PROXY === "1"),
    recorder: groupedRecorder,
    scanDriver: light?.driver,
    rasterise: await loadRasteriser(),
    mail: config.SMTP_URL && config.MAIL_FROM ? smtpSender(config.SMTP_URL, config.MAIL_FROM) : null,
    later: timerLater,
    turn: nodeTurn(),
    cryptography: nodeCryptography,
    print: groupedLines(),
  });
  const app = createApp(ports);

  const { server, port } = await listen(app.fetch, config.PORT);
  await firstRun(ports, port);
  console.log(`Qrove listens on http://localhost:${port}`);
  const timers = JOBS.map((job) => setInterval(() => void runJob(ports, job), job.everySeconds * 1000));
  const stop = () => {
    for (const timer of timers) clearInterval(timer);
    server.close(() => {
      light?.close();
      database.close();
      process.exit(0);
    });
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
