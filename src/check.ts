import { join } from "node:path";
import { parseConfig } from "./runtime/config.ts";
import { openDatabase } from "./runtime/database/node.ts";
import { openSnapshot } from "./runtime/database/snapshot.ts";
import { linesOf } from "./services/checking.ts";
import { createDb } from "./store/db.ts";
import { verify } from "./store/verify.ts";

/** Recomputes every counter from the ledger and names each difference; exits with 1 when there is one. */
async function main(): Promise<void> {
  const config = parseConfig(process.env);
  const url = config.DATABASE_URL ?? `file:${join(config.QROVE_DATA, "qrove.db")}`;
  const token = config.DATABASE_AUTH_TOKEN ?? null;
  // Brings the schema up to date, as a start does.
  (await openDatabase(url, token)).close();
  const snapshot = await openSnapshot(url, token);
  const report = await verify(createDb(snapshot.driver), Date.now());
  snapshot.close();
  for (const line of linesOf(report)) console.log(line);
  if (report.found + report.restless.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
