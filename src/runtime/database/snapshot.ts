import { createClient } from "@libsql/client/web";
import type { Driver } from "../../store/db.ts";
import type { Transactor } from "./group-commit.ts";
import { openFile } from "./libsql-file.ts";
import type { Opened } from "./node.ts";
import { bindValue, toRows } from "./rows.ts";

/** All reads in one transaction, which begins with the first of them. */
const heldRead = ({ run, command, inTransaction }: Transactor): Driver => {
  return async (statements, mode) => {
    if (mode === "write") throw new Error("a snapshot is not written to");
    if (!inTransaction()) command("BEGIN");
    return statements.map(run);
  };
};

/**
 * Opens a database as it is at one moment, until it is closed: for commands that read much while servers
 * go on. A file's write-ahead log grows meanwhile. A hosted server may end it early: then a read fails.
 */
export async function openSnapshot(url: string, authToken: string | null): Promise<Opened> {
  // It goes on reading what it has begun with: nothing of that can be read by another connection.
  if (url.startsWith("file:")) return openFile(url, { commit: heldRead, largeBytes: Infinity });
  const client = createClient({ url, ...(authToken === null ? {} : { authToken }) });
  const transaction = await client.transaction("read");
  return {
    driver: async (statements, mode) => {
      if (mode === "write") throw new Error("a snapshot is not written to");
      const batch = statements.map(({ sql, params }) => ({ sql, args: params.map(bindValue) }));
      return (await transaction.batch(batch)).map(toRows);
    },
    close: () => {
      transaction.close();
      client.close();
    },
  };
}
