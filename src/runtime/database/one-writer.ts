import type { Driver, Rows, Statement } from "../../store/db.ts";

/** Batches that go to the server together at the most. */
const MAX_TOGETHER = 32;

type Waiting = {
  statements: Statement[];
  resolve: (results: Rows[]) => void;
  reject: (error: unknown) => void;
};

/** Whether the database itself refused a batch, so that nothing of it was written. */
function isRefusal(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (/SQLITE|constraint failed/i.test(`${(at as { code?: string }).code ?? ""} ${at.message}`))
      return true;
  }
  return false;
}

/**
 * Sends one write at a time to a libSQL server, and with it all that came while the one before was under
 * way: they share a trip and a commit. A server takes one writer anyway, and burns its processor where
 * dozens wait for its lock. Where one batch of several is refused, each is sent again by itself.
 * For Node: on Workers a request must not wait for another request's promise.
 */
export function oneWriter(driver: Driver): Driver {
  let queue: Waiting[] = [];
  let writing = false;

  const sendAlone = ({ statements, resolve, reject }: Waiting) =>
    driver(statements, "write").then(resolve, reject);

  const sendTogether = async (group: Waiting[]): Promise<void> => {
    try {
      const results = await driver(
        group.flatMap(({ statements }) => statements),
        "write",
      );
      let at = 0;
      for (const { statements, resolve } of group) resolve(results.slice(at, (at += statements.length)));
    } catch (error) {
      if (isRefusal(error)) for (const waiting of group) await sendAlone(waiting);
      // A broken connection may hide a commit: sending again could write twice.
      else for (const { reject } of group) reject(error);
    }
  };

  const work = async (): Promise<void> => {
    writing = true;
    while (queue.length > 0) {
      const group = queue.slice(0, MAX_TOGETHER);
      queue = queue.slice(MAX_TOGETHER);
      await (group.length === 1 ? sendAlone(group[0] as Waiting) : sendTogether(group));
    }
    writing = false;
  };

  return (statements, mode) => {
    if (mode === "read") return driver(statements, mode);
    return new Promise((resolve, reject) => {
      queue.push({ statements, resolve, reject });
      if (!writing) void work();
    });
  };
}
