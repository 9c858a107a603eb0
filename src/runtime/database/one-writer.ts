import { causesOf } from "../../domain/errors.ts";
import type { Driver, Mergeable, Rows, Statement } from "../../store/db.ts";
import { partsOf } from "./parts.ts";

/** Parts that go to the server together at the most, and batches that are merged to one part. */
const MAX_TOGETHER = 32;
const MAX_MERGED = 128;

type Waiting = {
  statements: () => Statement[];
  batch: Mergeable | null;
  resolve: (results: Rows[]) => void;
  reject: (error: unknown) => void;
};

/** Whether the database itself refused a batch, so that nothing of it was written. */
const isRefusal = (error: unknown): boolean =>
  causesOf(error).some(({ code, message }) => /SQLITE|constraint failed/i.test(`${String(code)} ${message}`));

/**
 * Sends one write at a time to a libSQL server, and with it all that came while the one before was under
 * way: they share a trip and a commit, and those that can be merged their statements. A server takes one writer anyway, and burns its processor where
 * dozens wait for its lock. Where one batch of several is refused, each is sent again by itself; so is one that a merged batch passed over.
 * For Node: on Workers a request must not wait for another request's promise.
 */
export function oneWriter(driver: Driver): Driver {
  let queue: Waiting[] = [];
  let writing = false;

  const sendAlone = ({ statements, resolve, reject }: Waiting) =>
    driver(statements(), "write").then(resolve, reject);

  const sendTogether = async (group: Waiting[]): Promise<void> => {
    const parts = partsOf(group, MAX_MERGED, 2);
    const batches = parts.map(
      ({ writes, merged }) => merged?.statements ?? (writes[0] as Waiting).statements(),
    );
    const passedOver: Waiting[] = [];
    try {
      const results = await driver(batches.flat(), "write");
      let at = 0;
      for (const [n, { writes, merged }] of parts.entries()) {
        const own = results.slice(at, (at += (batches[n] as Statement[]).length));
        const answers = merged?.split(own) ?? [own];
        for (const [k, write] of writes.entries()) {
          const answer = answers[k];
          if (answer) write.resolve(answer);
          else passedOver.push(write);
        }
      }
    } catch (error) {
      // A broken connection may hide a commit: sending again could write twice.
      if (!isRefusal(error)) return group.forEach(({ reject }) => reject(error));
      passedOver.push(...group);
    }
    for (const write of passedOver) await sendAlone(write);
  };

  /** The first of the queue, as many as make up `MAX_TOGETHER` parts at the most. */
  const next = (): Waiting[] => {
    const kinds = new Set<string>();
    let [taken, parts] = [0, 0];
    for (const { batch } of queue) {
      const isNew = batch === null || !kinds.has(batch.kind);
      if (isNew && parts === MAX_TOGETHER) break;
      if (isNew) parts++;
      if (batch !== null) kinds.add(batch.kind);
      if (++taken === MAX_MERGED) break;
    }
    const group = queue.slice(0, taken);
    queue = queue.slice(taken);
    return group;
  };

  const work = async (): Promise<void> => {
    writing = true;
    while (queue.length > 0) {
      const group = next();
      await (group.length === 1 ? sendAlone(group[0] as Waiting) : sendTogether(group));
    }
    writing = false;
  };

  const write = (statements: () => Statement[], batch: Mergeable | null) =>
    new Promise<Rows[]>((resolve, reject) => {
      queue.push({ statements, batch, resolve, reject });
      if (!writing) void work();
    });
  const together: Driver = (statements, mode) =>
    mode === "read" ? driver(statements, mode) : write(() => statements, null);
  together.merge = (batch) => write(batch.alone, batch);
  return together;
}
