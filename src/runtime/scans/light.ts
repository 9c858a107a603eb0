import type { Driver } from "../../store/db.ts";
import { fileDriver, openFile } from "../database/libsql-file.ts";

const LIGHT = "PRAGMA synchronous = NORMAL";

/**
 * A second connection to an embedded file, whose commits do not wait for the disk: they outlive the
 * process, but a power cut may take those after the last join or checkpoint. Waiting would hold up
 * every page of the process for each group of scans.
 */
export async function openLight(url: string): Promise<{ driver: Driver; close(): void }> {
  const client = await openFile(url);
  await client.execute(LIGHT);
  const driver = fileDriver(client);
  return {
    driver: async (statements, mode) => {
      try {
        return await driver(statements, mode);
      } catch (error) {
        // The driver may have opened the connection anew.
        await client.execute(LIGHT);
        throw error;
      }
    },
    close: () => client.close(),
  };
}
