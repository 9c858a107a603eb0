import { createClient } from "@libsql/client/web";
import type { Driver } from "../../store/db.ts";
import { patient } from "./patient.ts";
import { bindValue, toRows } from "./rows.ts";

/** A libSQL server or Turso over HTTP: one request a batch. Runs on Node and on Workers. */
export function httpDriver(url: string, authToken: string | null): Driver {
  // The client's own queue (20 at a time) lets one request's end resume another's work, which workerd
  // kills: it never recovers. The platform bounds connections; nothing may queue here.
  const client = createClient({ url, concurrency: 1_000_000, ...(authToken === null ? {} : { authToken }) });
  return patient(async (statements, mode) => {
    const batch = statements.map(({ sql, params }) => ({ sql, args: params.map(bindValue) }));
    return (await client.batch(batch, mode)).map(toRows);
  });
}
