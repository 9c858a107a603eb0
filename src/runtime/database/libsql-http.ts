import { createClient } from "@libsql/client/web";
import type { Driver } from "../../store/db.ts";
import { patient } from "./patient.ts";
import { bindValue, toRows } from "./rows.ts";

/** A libSQL server or Turso over HTTP: one request a batch. Runs on Node and on Workers. */
export function httpDriver(url: string, authToken: string | null): Driver {
  const client = createClient({ url, ...(authToken === null ? {} : { authToken }) });
  return patient(async (statements, mode) => {
    const batch = statements.map(({ sql, params }) => ({ sql, args: params.map(bindValue) }));
    return (await client.batch(batch, mode)).map(toRows);
  });
}
