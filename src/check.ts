import { join } from "node:path";
import { parseConfig } from "./runtime/config.ts";
import { openDatabase } from "./runtime/database/node.ts";
import { createDb } from "./store/db.ts";
import { findDifferences } from "./store/verify.ts";

/** Recomputes every counter from the ledger and names each difference; exits with 1 when there is one. */
async function main(): Promise<void> {
  const config = parseConfig(process.env);
  const url = config.DATABASE_URL ?? `file:${join(config.QROVE_DATA, "qrove.db")}`;
  const database = await openDatabase(url, config.DATABASE_AUTH_TOKEN ?? null);
  const differences = await findDifferences(createDb(database.driver));
  database.close();
  for (const { what, id, stored, derived } of differences) {
    console.log(`${what} of ${id}: stored ${stored}, the ledger gives ${derived}`);
  }
  console.log(
    differences.length === 0 ? "All counters agree with the ledger." : `${differences.length} differ.`,
  );
  if (differences.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
