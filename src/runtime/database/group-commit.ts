import type { Driver, Mergeable, Rows, Statement } from "../../store/db.ts";
import { type Part, partsOf } from "./parts.ts";

/** A connection that runs statements one after the other, at once. */
export type Transactor = {
  run: (statement: Statement) => Rows;
  command: (
    sql:
      | "BEGIN"
      | "BEGIN IMMEDIATE"
      | "COMMIT"
      | "ROLLBACK"
      | "SAVEPOINT one"
      | "RELEASE one"
      | "ROLLBACK TO one",
  ) => void;
  inTransaction: () => boolean;
};

/** Reads statements as of one moment. */
export function inOneRead(
  { run, command }: Pick<Transactor, "run" | "command">,
  statements: Statement[],
): Rows[] {
  if (statements.length === 1) return statements.map(run);
  command("BEGIN");
  try {
    return statements.map(run);
  } finally {
    command("COMMIT");
  }
}

/** Batches that are merged at the most: a list of more is not faster, and the next ones wait for it. */
const MAX_MERGED = 256;

type Waiting = {
  statements: () => Statement[];
  batch: Mergeable | null;
  resolve: (results: Rows[]) => void;
  reject: (error: unknown) => void;
};

/**
 * A driver that writes all batches that wait in one transaction: they share one wait for the disk, and
 * those that can be merged share their statements too. Where one fails, all are written anew, each in a
 * savepoint of its own, so that it takes no other with it.
 * Every batch is answered after the commit. Nobody waits for a timer: whatever came in this turn of the
 * event loop goes together.
 */
export function groupCommit(transactor: Transactor): Driver {
  const { run, command } = transactor;
  const rollback = () => {
    if (transactor.inTransaction()) command("ROLLBACK");
  };
  let queue: Waiting[] = [];

  const alone = ({ statements, resolve }: Waiting): (() => void) => {
    const results = statements().map(run);
    return () => resolve(results);
  };

  /** Merged writes; those that the merged batch passed over come behind it. */
  const written = ({ writes, merged }: Part<Waiting>): (() => void)[] => {
    if (merged === null) return writes.map(alone);
    const answers = merged.split(merged.statements.map(run));
    return writes.map((write, at) => {
      const results = answers[at];
      return results ? () => write.resolve(results) : alone(write);
    });
  };

  /** A group without savepoints, which copy each page that they touch; null where a batch failed. */
  const inOneGo = (group: Waiting[]): (() => void)[] | null => {
    try {
      return partsOf(group, MAX_MERGED, 1).flatMap(written);
    } catch (error) {
      if (group.length === 1) throw error;
      rollback();
      return null;
    }
  };

  /** One batch of a group: what to tell its sender after the commit. */
  const attempt = ({ statements, resolve, reject }: Waiting): (() => void) => {
    command("SAVEPOINT one");
    try {
      const results = statements().map(run);
      command("RELEASE one");
      return () => resolve(results);
    } catch (error) {
      // A full disk and the like end the whole transaction: then nobody's batch is in.
      if (!transactor.inTransaction()) throw error;
      command("ROLLBACK TO one");
      command("RELEASE one");
      return () => reject(error);
    }
  };

  const flush = () => {
    const group = queue;
    queue = [];
    try {
      command("BEGIN IMMEDIATE");
      let answers = inOneGo(group);
      if (answers === null) {
        command("BEGIN IMMEDIATE");
        answers = group.map(attempt);
      }
      command("COMMIT");
      for (const answer of answers) answer();
    } catch (error) {
      rollback();
      for (const { reject } of group) reject(error);
    }
  };

  const write = (statements: () => Statement[], batch: Mergeable | null) =>
    new Promise<Rows[]>((resolve, reject) => {
      if (queue.length === 0) setImmediate(flush);
      queue.push({ statements, batch, resolve, reject });
    });
  const driver: Driver = async (statements, mode) => {
    if (mode === "read") return inOneRead(transactor, statements);
    return write(() => statements, null);
  };
  driver.merge = (batch) => write(batch.alone, batch);
  return driver;
}
