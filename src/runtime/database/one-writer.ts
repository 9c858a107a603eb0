import type { Driver } from "../../store/db.ts";

/**
 * Sends one write at a time, the others in the order in which they came. A libSQL server takes one
 * writer anyway, and burns its processor where dozens wait for its lock at once.
 * For Node: on Workers a request must not wait for another request's promise.
 */
export function oneWriter(driver: Driver): Driver {
  let last: Promise<unknown> = Promise.resolve();
  return (statements, mode) => {
    if (mode === "read") return driver(statements, mode);
    const turn = last.then(() => driver(statements, mode));
    last = turn.catch(() => {});
    return turn;
  };
}
