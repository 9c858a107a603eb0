import * as hrana from "@libsql/hrana-client";
import type { Driver, Rows, Statement } from "../../store/db.ts";
import { patient } from "./patient.ts";
import { bindValue, demandDistinct } from "./rows.ts";

/** Streams that are kept at the most; where more are wanted at once, the others serve one batch each. */
const MAX_KEPT = 16;

/** How long a stream may rest, in milliseconds: a server ends those that rest for 10 s. */
const MAX_REST_MS = 5_000;

/** After so long a batch is taken for lost, in milliseconds: on Workers, whoever asked for it may have gone. */
const LOST_MS = 60_000;

/** A stream between batches, and since when it rests. */
type Resting = { stream: hrana.HttpStream; since: number };

/**
 * A libSQL server or Turso over HTTP: one request a batch, by streams that stay open. A stream is a connection
 * of the server's: opening one for each batch, as the libSQL client does, costs it about as much as the batch,
 * since each reads the whole schema. Nothing queues here, so no request waits for another one's promise.
 */
export function streamDriver(url: string, authToken: string | null): { driver: Driver; close: () => void } {
  const { hranaHttpUrl, authToken: own } = hrana.parseLibsqlUrl(url);
  if (hranaHttpUrl === undefined) throw new Error("the database's URL is none of HTTP");
  const client = hrana.openHttp(hranaHttpUrl, authToken ?? own, plainFetch);
  let resting: Resting[] = [];
  const busy = new Map<hrana.HttpStream, number>();

  /** The stream that rested last, or a new one; null where there are as many as are kept. */
  const take = (): { stream: hrana.HttpStream; isFresh: boolean } | null => {
    const now = Date.now();
    for (const [stream, since] of busy) if (now - since > LOST_MS) busy.delete(stream);
    const found = resting.pop();
    if (found !== undefined && !found.stream.closed && now - found.since < MAX_REST_MS) {
      busy.set(found.stream, now);
      return { stream: found.stream, isFresh: false };
    }
    // Those below rested even longer.
    for (const { stream } of resting) stream.close();
    found?.stream.close();
    resting = [];
    if (busy.size >= MAX_KEPT) return null;
    const stream = client.openStream();
    busy.set(stream, now);
    return { stream, isFresh: true };
  };

  /** One whose batch failed is ended: where it broke off, its transaction is still open. */
  const give = (stream: hrana.HttpStream, isDone: boolean) => {
    const isKept = busy.delete(stream) && isDone && !stream.closed;
    if (isKept) resting.push({ stream, since: Date.now() });
    else stream.close();
  };

  const driver: Driver = async (statements, mode) => {
    const taken = take();
    if (taken === null) {
      const stream = client.openStream();
      const results = send(stream, statements, mode);
      stream.closeGracefully();
      return results;
    }
    const { stream, isFresh } = taken;
    try {
      const results = await send(stream, statements, mode);
      give(stream, true);
      return results;
    } catch (error) {
      give(stream, false);
      if (isFresh || !isForgotten(error)) throw error;
    }
    return driver(statements, mode);
  };
  return { driver: patient(driver), close: () => client.close() };
}

/** Answers as they are: a server that has to compress them burns its processor for it. */
function plainFetch(request: Request): Promise<Response> {
  request.headers.set("Accept-Encoding", "identity");
  return fetch(request);
}

/**
 * Whether the server no longer knew the stream, as after a restart or a move of the database: it has looked at
 * nothing of the batch. Not where it says that a batch came before: somebody on the way has sent it twice.
 */
function isForgotten(error: unknown): boolean {
  if (error instanceof hrana.ResponseError) return error.code === "STREAM_EXPIRED";
  if (!(error instanceof hrana.HttpServerError)) return false;
  return error.status === 404 || (error.status === 400 && /invalid baton|was closed/i.test(error.message));
}

const BEGIN = { read: "BEGIN TRANSACTION READONLY", write: "BEGIN IMMEDIATE" } as const;

/** Sends a batch as one request: one transaction, rolled back where a statement fails. */
async function send(
  stream: hrana.HttpStream,
  statements: Statement[],
  mode: "read" | "write",
): Promise<Rows[]> {
  const [only] = statements;
  // One read by itself is whole anyway.
  if (mode === "read" && statements.length === 1 && only !== undefined)
    return [toRows(await stream.query(toStmt(only)))];
  const batch = stream.batch();
  let last = batch.step();
  const begun = last.run(BEGIN[mode]);
  const answers = statements.map((statement) => {
    last = batch.step().condition(hrana.BatchCond.ok(last));
    return last.query(toStmt(statement));
  });
  const commit = batch.step().condition(hrana.BatchCond.ok(last));
  const committed = commit.run("COMMIT");
  const undone = batch
    .step()
    .condition(hrana.BatchCond.not(hrana.BatchCond.ok(commit)))
    .run("ROLLBACK");
  // Where the batch breaks off, everybody hears of it; what failed by itself is told by its own step.
  undone.catch(() => undefined);
  const [results] = await Promise.all([Promise.all(answers), begun, committed, batch.execute()]);
  return results.map(toRows);
}

function toStmt({ sql, params }: Statement): hrana.Stmt {
  return new hrana.Stmt(sql).bindIndexes(params.map(bindValue));
}

function toRows(result: hrana.RowsResult | undefined): Rows {
  if (result === undefined) throw new Error("a statement was left out, though none before it failed");
  const { columnNames, rows } = result;
  demandDistinct(columnNames.map((name) => name ?? ""));
  return rows.map((row) => columnNames.map((_, i) => row[i]));
}
