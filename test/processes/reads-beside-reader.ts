import { setTimeout } from "node:timers/promises";
import { openFile } from "../../src/runtime/database/libsql-file.ts";

// Reads the file that is named for a second or so, aside; `close`: and lets go of it meanwhile.
const [url = "", how = ""] = process.argv.slice(2);
const { driver, close } = openFile(url, { largeBytes: 0 });
const sql =
  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000) SELECT count(*) FROM n";
await driver.aside?.([{ sql: "SELECT 1", params: [] }]);
const said = driver.aside?.([{ sql, params: [] }]).then(
  ([rows]) => console.log(String(rows?.[0]?.[0])),
  (error: Error) => console.log(error.message),
);
if (how === "close") {
  // The thread is there, and has begun to read by then.
  await setTimeout(50);
  close();
  void said?.then(() => process.exit(0));
}
