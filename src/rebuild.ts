import { join } from "node:path";
import { buildPorts } from "./runtime/build-ports.ts";
import { parseConfig } from "./runtime/config.ts";
import { openDatabase } from "./runtime/database/node.ts";
import { openSnapshot } from "./runtime/database/snapshot.ts";
import { linesOf } from "./services/checking.ts";
import { rebuild } from "./services/rebuilding.ts";
import { createDb } from "./store/db.ts";
import { verify } from "./store/verify.ts";

/** What is wrong after so many rounds does not come right by itself. */
const ROUNDS = 3;

/** A rebuild derives nothing from the installation's secret. */
const NO_SECRET = "no secret is used by this command";

/**
 * Checks all counters, puts right what is wrong and builds all boards anew, while servers go on; then checks
 * again. Exits with 1 when something is still wrong.
 */
async function main(): Promise<void> {
  const config = parseConfig(process.env);
  const url = config.DATABASE_URL ?? `file:${join(config.QROVE_DATA, "qrove.db")}`;
  const token = config.DATABASE_AUTH_TOKEN ?? null;
  const database = await openDatabase(url, token);
  const ports = buildPorts(config, database.driver, NO_SECRET);
  const look = async () => {
    const snapshot = await openSnapshot(url, token);
    const report = await verify(createDb(snapshot.driver), ports.now());
    snapshot.close();
    for (const line of linesOf(report)) console.log(line);
    return report;
  };
  let report = await look();
  for (let round = 0; round < ROUNDS && (round === 0 || report.found > 0); round++) {
    await rebuild(ports, report, (line) => console.log(`- ${line}`));
    report = await look();
  }
  database.close();
  if (report.found + report.restless.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
